//go:build !unix

package outbox

import "os"

// unlock has nothing to do: the lock ends with the handle.
func unlock(*os.File) {}
