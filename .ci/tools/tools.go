//go:build tools

// Package tools names the programs that check the code, so that this module keeps their versions and the product's own
// module stays free of them.
package tools

import (
	_ "honnef.co/go/tools/cmd/staticcheck"
	_ "mvdan.cc/gofumpt"
)
