package widget

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// picture is an icon inside a widget: a raster that is drawn in the pixels it gets.
type picture struct {
	*canvas.Raster
	name   string
	token  theme.Token
	stroke float32
	ink    color.Color // the token's colour when it was drawn
}

func newPicture() *picture {
	p := &picture{}
	p.Raster = canvas.NewRaster(func(w, h int) image.Image {
		if p.name == "" {
			return image.Transparent
		}
		return theme.Draw(p.name, p.token, p.stroke, min(w, h))
	})
	p.ScaleMode = canvas.ImageScaleSmooth
	return p
}

// setPicture gives the picture an icon; an empty name hides it.
func setPicture(p *picture, name string, token theme.Token) { p.set(name, token, theme.IconStroke) }

// setGlyph is setPicture with the heavier stroke of status glyphs.
func setGlyph(p *picture, name string, token theme.Token) { p.set(name, token, theme.GlyphStroke) }

func (p *picture) set(name string, token theme.Token, stroke float32) {
	SetVisible(p.Raster, name != "")
	ink := theme.Color(token)
	if p.name == name && p.token == token && p.stroke == stroke && p.ink == ink {
		return
	}
	p.name, p.token, p.stroke, p.ink = name, token, stroke, ink
	p.Refresh()
}

// Icon is a Lucide icon of a fixed size.
type Icon struct {
	fynewidget.BaseWidget
	name  string
	token theme.Token
	size  float32
}

// NewIcon makes an icon of size dp at 100 %.
func NewIcon(name string, token theme.Token, size float32) *Icon {
	i := &Icon{name: name, token: token, size: size}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes which icon it is.
func (i *Icon) Set(name string, token theme.Token) {
	if i.name == name && i.token == token {
		return
	}
	i.name, i.token = name, token
	i.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	img := newPicture()
	d := &drawing{owner: i, objects: []fyne.CanvasObject{img.Raster}}
	d.refresh = func() { setPicture(img, i.name, i.token) }
	d.min = func() fyne.Size { return fyne.NewSquareSize(theme.Px(i.size)) }
	d.layout = func(s fyne.Size) {
		side := theme.Px(i.size)
		place(img, (s.Width-side)/2, (s.Height-side)/2, side, side)
	}
	d.refresh()
	return d
}

// Logo is the program's icon in a window.
type Logo struct {
	fynewidget.BaseWidget
	side float32
}

// NewLogo makes a logo of side dp.
func NewLogo(side float32) *Logo {
	l := &Logo{side: side}
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer implements fyne.Widget.
func (l *Logo) CreateRenderer() fyne.WidgetRenderer {
	img := canvas.NewRaster(func(w, h int) image.Image { return theme.DrawLogo(min(w, h)) })
	d := &drawing{owner: l, objects: []fyne.CanvasObject{img}}
	d.min = func() fyne.Size { return fyne.NewSquareSize(theme.Px(l.side)) }
	d.layout = func(s fyne.Size) {
		side := theme.Px(l.side)
		place(img, (s.Width-side)/2, (s.Height-side)/2, side, side)
	}
	return d
}
