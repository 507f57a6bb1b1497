// Package console holds the static files and the texts of the web console. Data only.
package console

import (
	"embed"
	"io/fs"
)

//go:embed style.css htmx.min.js htmx.LICENSE.txt icons/*.svg fonts/*
var static embed.FS

//go:embed text/*.yaml
var text embed.FS

// Static returns the files that browsers fetch.
func Static() fs.FS { return static }

// Text returns the text catalogues, one file a language, named by its code.
func Text() fs.FS {
	f, err := fs.Sub(text, "text")
	if err != nil {
		panic("console: " + err.Error()) // the folder is part of the program
	}
	return f
}
