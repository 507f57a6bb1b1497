// Package assets holds what ships inside the programs: questionnaires, brands, icons, text catalogues and operators' pages. Data
// only.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed icons/*.svg brands text/*.yaml text/service/*.yaml surveys/* docs/*/*.md
var files embed.FS

// Icon returns an SVG of the icon set by its name without the ending. An unknown name is a mistake in the program and
// panics; a test paints every screen.
func Icon(name string) []byte { return must("icons/" + name + ".svg") }

// HasIcon reports whether the icon set has a picture of this name.
func HasIcon(name string) bool {
	_, err := fs.Stat(files, "icons/"+name+".svg")
	return err == nil
}

// Icons returns the icon set.
func Icons() fs.FS { return sub("icons") }

// Brands returns the brands, a folder each with its brand.yaml.
func Brands() fs.FS { return sub("brands") }

// Text returns the text catalogues, one file a language, named by its code; those for staff
// lie in the folder service.
func Text() fs.FS { return sub("text") }

// Surveys returns the library of questionnaires and their JSON Schema.
func Surveys() fs.FS { return sub("surveys") }

// Docs returns the operators' pages, Markdown in a folder a language.
func Docs() fs.FS { return sub("docs") }

func must(path string) []byte {
	data, err := files.ReadFile(path)
	if err != nil {
		panic("assets: " + err.Error())
	}
	return data
}

func sub(dir string) fs.FS {
	s, err := fs.Sub(files, dir)
	if err != nil {
		panic("assets: " + err.Error())
	}
	return s
}
