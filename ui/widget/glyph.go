package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// picture is an icon inside a widget.
func picture() *canvas.Image {
	img := canvas.NewImageFromResource(nil)
	img.FillMode = canvas.ImageFillContain
	img.ScaleMode = canvas.ImageScaleSmooth
	return img
}

// setPicture gives the picture an icon; an empty name hides it.
func setPicture(img *canvas.Image, name string, token theme.Token) {
	setResource(img, name, theme.Icon, token)
}

// setGlyph is setPicture with the heavier stroke of status glyphs.
func setGlyph(img *canvas.Image, name string, token theme.Token) {
	setResource(img, name, theme.Glyph, token)
}

func setResource(img *canvas.Image, name string, icon func(string, theme.Token) fyne.Resource, token theme.Token) {
	setVisible(img, name != "")
	if name == "" {
		return
	}
	if r := icon(name, token); img.Resource != r {
		img.Resource = r
		img.Refresh()
	}
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
	img := picture()
	d := &drawing{owner: i, objects: []fyne.CanvasObject{img}}
	d.refresh = func() { setPicture(img, i.name, i.token) }
	d.min = func() fyne.Size { return fyne.NewSquareSize(theme.Px(i.size)) }
	d.layout = func(s fyne.Size) {
		side := theme.Px(i.size)
		place(img, (s.Width-side)/2, (s.Height-side)/2, side, side)
	}
	d.refresh()
	return d
}
