package widget

import (
	"image"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"svara/ui/theme"
)

// Avatar is a person's initials in a disc with the status as a badge.
type Avatar struct {
	fynewidget.BaseWidget
	name   string
	status Status
	side   float32
	photo  image.Image // in place of the initials; nil for none
}

// SetPhoto shows a picture in place of the initials; nil shows them again.
func (a *Avatar) SetPhoto(photo image.Image) {
	if a.photo != photo {
		a.photo = photo
		a.Refresh()
	}
}

// NewAvatar makes an avatar of side dp: theme.AvatarSmall, AvatarHeader or AvatarCard.
func NewAvatar(name string, status Status, side float32) *Avatar {
	a := &Avatar{name: name, status: status, side: side}
	a.ExtendBaseWidget(a)
	return a
}

// Set changes who it is and the status.
func (a *Avatar) Set(name string, status Status) {
	if a.name != name || a.status != status {
		a.name, a.status = name, status
		a.Refresh()
	}
}

// Initials is the first letters of the first and the last word that begin with a letter, upper case; empty for a number.
func Initials(name string) string {
	var letters []rune
	for word := range strings.FieldsSeq(name) {
		if r := []rune(word)[0]; unicode.IsLetter(r) {
			letters = append(letters, unicode.ToUpper(r))
		}
	}
	if len(letters) > 2 {
		letters = []rune{letters[0], letters[len(letters)-1]}
	}
	return string(letters)
}

// CreateRenderer implements fyne.Widget.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	disc, label, person, shape := &canvas.Circle{}, line(), newPicture(), newShape(theme.Surface)
	photo := &canvas.Image{FillMode: canvas.ImageFillCover}
	d := &drawing{owner: a, objects: append([]fyne.CanvasObject{disc, label, person.Raster, photo}, shape.objects()...)}
	size := func() theme.TextSize {
		switch {
		case a.side >= theme.AvatarCard:
			return 18
		case a.side >= theme.AvatarHeader:
			return theme.TitleSize
		case a.side >= theme.AvatarSmall:
			return theme.BodySize
		}
		return theme.DetailSize
	}
	d.refresh = func() {
		disc.FillColor = theme.Color(theme.Sunken)
		if theme.IsContrast() {
			disc.StrokeColor, disc.StrokeWidth = theme.Color(theme.Border), 1
		} else {
			disc.StrokeWidth = 0
		}
		label.Text = Initials(a.name)
		set(label, size(), theme.Text2, true, false)
		icon := "user"
		if label.Text != "" {
			icon = ""
		}
		setPicture(person, icon, theme.Text3)
		SetVisible(photo, a.photo != nil)
		if photo.Image != a.photo {
			photo.Image = a.photo
			photo.Refresh()
		}
		SetVisible(label, a.photo == nil)
		if a.photo != nil {
			setPicture(person, "", theme.Text3)
		}
		shape.set(a.status)
	}
	d.min = func() fyne.Size { return fyne.NewSquareSize(theme.Px(a.side)) }
	d.layout = func(s fyne.Size) {
		side := theme.Px(a.side)
		x, y := (s.Width-side)/2, (s.Height-side)/2
		place(disc, x, y, side, side)
		photo.CornerRadius = side / 2
		place(photo, x, y, side, side)
		m := label.MinSize()
		place(label, x+(side-m.Width)/2, y+(side-m.Height)/2, m.Width, m.Height)
		g := side * 0.5
		place(person, x+(side-g)/2, y+(side-g)/2, g, g)
		badge, out := theme.Px(16), theme.Px(theme.Half) // it stands out of the disc: the initials are not under it
		switch {
		case a.side >= theme.AvatarHeader:
			badge = theme.Px(20)
		case a.side < theme.AvatarSmall:
			badge = theme.Px(14)
		}
		shape.place(x+side-badge+out+theme.Px(2), y+side-badge+out, badge)
	}
	d.refresh()
	return d
}
