package store

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"svara/phone"
)

func picture(w, h int) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Set(x, y, color.RGBA{R: uint8(x * 255 / w), G: uint8(y * 255 / h), B: 80, A: 255})
		}
	}
	return out
}

// small is a picture as a user gives it.
func small(t *testing.T) []byte {
	t.Helper()
	var raw bytes.Buffer
	if err := png.Encode(&raw, picture(20, 10)); err != nil {
		t.Fatal(err)
	}
	return raw.Bytes()
}

func TestPhotos(t *testing.T) {
	s := openGood(t, t.TempDir())
	ctx := t.Context()
	put(t, s, person("a", "Anna", "1"))
	encode := map[string]func(*bytes.Buffer, image.Image) error{
		"jpeg": func(b *bytes.Buffer, i image.Image) error { return jpeg.Encode(b, i, nil) },
		"png":  func(b *bytes.Buffer, i image.Image) error { return png.Encode(b, i) },
		"gif":  func(b *bytes.Buffer, i image.Image) error { return gif.Encode(b, i, nil) },
	}
	for name, fn := range encode {
		for size, want := range map[image.Point]image.Point{{X: 1500, Y: 900}: {X: 512, Y: 307}, {X: 40, Y: 700}: {X: 29, Y: 512}, {X: 20, Y: 10}: {X: 20, Y: 10}} {
			var raw bytes.Buffer
			if err := fn(&raw, picture(size.X, size.Y)); err != nil {
				t.Fatal(err)
			}
			if err := s.SetPhoto(ctx, "own:a", raw.Bytes()); err != nil {
				t.Fatal(name, size, err)
			}
			kept, err := s.Photo(ctx, "own:a")
			if err != nil {
				t.Fatal(err)
			}
			config, kind, err := image.DecodeConfig(bytes.NewReader(kept))
			if err != nil || kind != "jpeg" || config.Width != want.X || config.Height != want.Y {
				t.Errorf("%s %v: %s %dx%d, %v", name, size, kind, config.Width, config.Height, err)
			}
		}
	}
	if p, err := s.Person(ctx, "own:a"); err != nil || !p.Photo {
		t.Errorf("%+v, %v", p, err)
	}
	var bomb bytes.Buffer // 4 GB when decoded
	if err := png.Encode(&bomb, picture(1, 1)); err != nil {
		t.Fatal(err)
	}
	huge := bytes.Clone(bomb.Bytes())
	copy(huge[16:24], []byte{0, 0, 0x80, 0, 0, 0, 0x80, 0})
	for name, raw := range map[string][]byte{"too large": make([]byte, photoBytes+1), "text": []byte("no picture"), "cut": bomb.Bytes()[:40], "huge": huge} {
		if err := s.SetPhoto(ctx, "own:a", raw); phone.ReasonOf(err).ID != phone.ReasonBadFile || phone.ReasonOf(err).Text == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if kept, _ := s.Photo(ctx, "own:a"); kept == nil {
		t.Error("a refused picture took the old one away")
	}
	if err := s.SetPhoto(ctx, "own:a", nil); err != nil {
		t.Fatal(err)
	}
	if kept, err := s.Photo(ctx, "own:a"); err != nil || kept != nil {
		t.Errorf("%d bytes, %v", len(kept), err)
	}
	if err := s.SetPhoto(ctx, "own:nobody", bomb.Bytes()); phone.ReasonOf(err).ID != phone.ReasonNoPerson {
		t.Error(err)
	}
	if err := s.SetPhoto(ctx, "town:a", bomb.Bytes()); phone.ReasonOf(err).ID != phone.ReasonNotOwn {
		t.Error(err)
	}
	// A book's pictures: a bad one does not keep the person out.
	list := bookEntries(person("1", "Ada", "2101"), person("2", "Bo", "2102"))
	list[0].Photo, list[1].Photo = bomb.Bytes(), []byte("no picture")
	apply(t, s, "town", phone.BookChange{Full: true, Put: list})
	ada, _ := s.Person(ctx, "town:1")
	bo, err := s.Person(ctx, "town:2")
	if err != nil || !ada.Photo || bo.Photo {
		t.Errorf("%+v %+v %v", ada, bo, err)
	}
	list[0].Photo = nil
	apply(t, s, "town", phone.BookChange{Full: true, Put: list})
	if kept, err := s.Photo(ctx, "town:1"); err != nil || kept != nil {
		t.Errorf("a picture the book has no more: %d bytes, %v", len(kept), err)
	}
}
