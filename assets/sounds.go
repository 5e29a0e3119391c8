package assets

import "embed"

//go:embed sounds/*/*.ogg
var sounds embed.FS

// Sound is what the practice PBX says in a language ("sv", "en"), as Ogg Opus: a colleague's extension ("2101"),
// "echo", "keys", "callback", "called", "voicemail", "mailbox" or "digits" (see sounds/README.md). It is nil for an
// unknown name; a language without sounds of its own gets the English ones.
func Sound(language, name string) []byte {
	for _, l := range []string{language, "en"} {
		if data, err := sounds.ReadFile("sounds/" + l + "/" + name + ".ogg"); err == nil {
			return data
		}
	}
	return nil
}
