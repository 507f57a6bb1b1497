package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Painted says what has just been put on the glass.
type Painted struct {
	Screen        string
	Width, Height int // of the glass, in pixels
	Targets       []Target
	Focus         string // the target that Enter would touch, "" for none; a screen is told again when it moves
	// Texts are all the words on the glass, line by line, in the order they were painted: what a test reads to know that
	// nothing of an earlier visitor's is there.
	Texts []string
	// Split says that the question has pages of its own, since it left its answers too little room.
	Split bool
}

// texts returns the words of objects and of the tiles among them.
func texts(objects []fyne.CanvasObject) []string {
	var all []string
	for _, o := range objects {
		switch o := o.(type) {
		case *canvas.Text:
			all = append(all, o.Text)
		case *tile:
			all = append(all, texts(o.content)...)
		case *fyne.Container:
			all = append(all, texts(o.Objects)...)
		}
	}
	return all
}
