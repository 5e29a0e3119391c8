package store

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	_ "image/gif" // GIF is read, the first picture of it
	"image/jpeg"
	_ "image/png" // PNG is read
	"strings"

	"svara/phone"
)

const (
	photoBytes  = 10 << 20 // of a picture received
	photoPixels = 40 << 20 // 40 megapixels: 160 MB while it is made smaller
	photoSide   = 512      // of a picture kept
)

// smallPhoto is a picture made at most 512 pixels a side, as JPEG. What cannot be one is refused as bad-file.
func smallPhoto(raw []byte) ([]byte, error) {
	bad := func(why string) error { return phone.Refuse(phone.ReasonBadFile, why) }
	if len(raw) > photoBytes {
		return nil, bad(fmt.Sprintf("the picture has %d MB, at most %d are taken", len(raw)>>20, photoBytes>>20))
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	switch {
	case err != nil:
		return nil, bad("not a JPEG, PNG or GIF picture")
	case config.Width <= 0 || config.Height <= 0 || config.Width > photoPixels/config.Height:
		return nil, bad(fmt.Sprintf("the picture has %d x %d pixels", config.Width, config.Height))
	}
	picture, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, bad("the " + strings.ToUpper(kind) + " picture is damaged")
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, shrunk(picture), &jpeg.Options{Quality: 85}); err != nil {
		return nil, bad(err.Error())
	}
	return out.Bytes(), nil
}

// shrunk is a picture at most photoSide pixels a side, on white where it is transparent. Each pixel is the mean of those
// it stands for.
func shrunk(from image.Image) *image.RGBA {
	b := from.Bounds()
	width, height := b.Dx(), b.Dy()
	w, h := width, height
	if longer := max(w, h); longer > photoSide {
		w, h = max(1, w*photoSide/longer), max(1, h*photoSide/longer)
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		top, bottom := y*height/h, max((y+1)*height/h, y*height/h+1)
		for x := range w {
			left, right := x*width/w, max((x+1)*width/w, x*width/w+1)
			to.SetRGBA(x, y, mean(from, b.Min.X+left, b.Min.Y+top, b.Min.X+right, b.Min.Y+bottom))
		}
	}
	return to
}

// mean is the mean colour of a part of a picture, on white.
func mean(from image.Image, left, top, right, bottom int) color.RGBA {
	var red, green, blue, n uint64
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			r, g, b, a := from.At(x, y).RGBA() // multiplied by a
			white := 0xffff - a
			red, green, blue, n = red+uint64(r+white), green+uint64(g+white), blue+uint64(b+white), n+1
		}
	}
	return color.RGBA{R: uint8(red / n >> 8), G: uint8(green / n >> 8), B: uint8(blue / n >> 8), A: 0xff}
}

// photoSource tells one received picture from another.
func photoSource(raw []byte) int64 {
	h := fnv.New64a()
	_, _ = h.Write(raw)
	return int64(h.Sum64()) //nolint:gosec // any 64 bits
}

// SetPhoto gives a contact of the user's own a picture, JPEG, PNG or GIF of any size up to 10 MB, or takes it away.
func (s *Store) SetPhoto(ctx context.Context, id phone.PersonID, raw []byte) error {
	if id.Book() != phone.OwnBook {
		return phone.Refuse(phone.ReasonNotOwn, string(id))
	}
	var small []byte
	if len(raw) > 0 {
		var err error
		if small, err = smallPhoto(raw); err != nil {
			return err
		}
	}
	return s.changePeople(ctx, "save photo", func(w *peopleWriter) error {
		if there, err := personThere(ctx, w.tx, id); err != nil || !there {
			return orNoPerson(err, id)
		}
		return w.photo(id, photoSource(raw), small)
	})
}

func orNoPerson(err error, id phone.PersonID) error {
	if err == nil {
		return noPerson(id)
	}
	return err
}

// photo saves a picture made small, or forgets it.
func (w *peopleWriter) photo(id phone.PersonID, source int64, small []byte) error {
	w.changed++
	w.touch(id)
	if len(small) == 0 {
		_, err := w.exec("DELETE FROM photos WHERE person = ?", string(id))
		return err
	}
	_, err := w.exec(`INSERT INTO photos (person, source, image) VALUES (?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET source = excluded.source, image = excluded.image`, string(id), source, small)
	return err
}

// Photo is a person's picture as JPEG of at most 512 pixels a side, nil for none.
func (s *Store) Photo(ctx context.Context, id phone.PersonID) ([]byte, error) {
	var small []byte
	err := s.db.QueryRowContext(ctx, "SELECT image FROM photos WHERE person = ?", string(id)).Scan(&small)
	if isNoRows(err) {
		return nil, nil
	}
	return small, fail("read photo", err)
}
