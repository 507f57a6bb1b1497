package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// release gives back what the pictures of the screen before took of the graphics memory. Fyne would keep each of them for
// a minute after it was seen last, which is hundreds of megabytes where many visitors follow one another.
func release(before, after []fyne.CanvasObject) {
	for _, o := range gone(before, after) {
		canvas.Refresh(o) // the next frame frees what was uploaded for it; an object that is shown no more uploads nothing
	}
}

// gone returns the pictures among the objects before that are not among those after. Only pictures have a texture of
// their own: shapes have none, and words share theirs with the same words elsewhere.
func gone(before, after []fyne.CanvasObject) []fyne.CanvasObject {
	stay := map[fyne.CanvasObject]bool{}
	textured(after, func(o fyne.CanvasObject) { stay[o] = true })
	var all []fyne.CanvasObject
	textured(before, func(o fyne.CanvasObject) {
		if !stay[o] {
			all = append(all, o)
		}
	})
	return all
}

// textured visits the pictures among objects and in the tiles among them.
func textured(objects []fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	for _, o := range objects {
		switch o := o.(type) {
		case *canvas.Image, *canvas.Raster, *canvas.LinearGradient:
			visit(o)
		case *tile:
			textured(o.content, visit)
		case *fyne.Container:
			textured(o.Objects, visit)
		}
	}
}
