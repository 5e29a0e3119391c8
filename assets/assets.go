// Package assets is everything the program carries in itself: fonts, icons, texts, key bindings and sounds. It knows
// nothing of what they are used for.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed fonts/*.ttf icons/*.svg text/*.json dialects/*.toml team/openapi.json team/page.css team/*.html keys.json app.svg app.png
var files embed.FS

func read(name string) []byte {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil
	}
	return data
}

// Font is a TrueType font: "Inter-Regular", "Inter-SemiBold", and "InterFigures-…" with figures of equal width. It is
// nil for an unknown name.
func Font(name string) []byte { return read("fonts/" + name + ".ttf") }

// Icon is a Lucide icon, or one of our own ("own-…"), as SVG: 24 by 24, stroke="currentColor" stroke-width="2" on every
// shape. It is nil for an unknown name.
func Icon(name string) []byte { return read("icons/" + name + ".svg") }

// Text is the catalogue of a language ("en", "sv"), or nil.
func Text(language string) []byte { return read("text/" + language + ".json") }

// Texts is the folder of catalogues: a language is one file in it.
func Texts() fs.FS {
	sub, err := fs.Sub(files, "text")
	if err != nil { // the folder is embedded: cannot happen
		return files
	}
	return sub
}

// Dialects is the folder of exchanges the phone knows: <id>.toml, as dialect.Parse reads them.
func Dialects() fs.FS {
	sub, err := fs.Sub(files, "dialects")
	if err != nil { // the folder is embedded: cannot happen
		return files
	}
	return sub
}

// TeamAPI is the team server's API, as OpenAPI 3.0.
func TeamAPI() []byte { return read("team/openapi.json") }

// TeamPages is the team server's pages, as html/template reads them.
func TeamPages() fs.FS {
	sub, err := fs.Sub(files, "team")
	if err != nil { // the folder is embedded: cannot happen
		return files
	}
	return sub
}

// TeamStyle is how the team server's pages look, as CSS.
func TeamStyle() []byte { return read("team/page.css") }

// Keys is the default key bindings, as command.ParseBindings reads them.
func Keys() []byte { return read("keys.json") }

// App is the program's icon as SVG; AppPNG the same at 512 by 512 for what takes no SVG.
func App() []byte { return read("app.svg") }

// AppPNG is the program's icon, 512 by 512.
func AppPNG() []byte { return read("app.png") }
