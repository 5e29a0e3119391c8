package text

import (
	"io/fs"

	"svara/assets"
)

func assetsDir() ([]string, error) {
	entries, err := fs.ReadDir(assets.Texts(), ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}
