package control

import "io/fs"

// The temporary folder is inside the user's own profile and inherits its access list.
func ownedByUs(fs.FileInfo) bool { return true }
