// Package shots renders the screens of a survey to pictures without a display: what an author looks at before a survey
// is published, and what the tests of the glass measure.
package shots

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

// Shot is one screen, laid out.
type Shot struct {
	Name string // "003-question-who"
	// Question is the code of the question on it, "" for a screen that asks none.
	Question string
	Asks     []string // what is asked on it, to be read from afar
	Split    bool     // it has pages of its own, since it leaves its answers too little room
	Ease     theme.Ease
	// CapHeight is the height of the face's capitals, in em.
	CapHeight float64
	Colours   theme.Palette
	Targets   []screen.Target
	Content   fyne.CanvasObject
	// Focus moves the focus of those who work with keys to a target, "" takes it away.
	Focus func(target string)
	// Capture renders the picture.
	Capture func() image.Image
}

// look is how a survey is shown.
type look struct {
	display theme.Display
	brand   *theme.Brand
	ease    theme.Ease
	voice   screen.Voice
	alone   bool
	coarse  bool
}

// Option changes how a survey is shown.
type Option func(*look)

// Branded shows it in the look of a brand; the product's own without it.
func Branded(b *theme.Brand) Option { return func(l *look) { l.brand = b } }

// Eased shows it with what a visitor may ask for.
func Eased(e theme.Ease) Option { return func(l *look) { l.ease = e } }

// Voiced shows it on a terminal that reads aloud.
func Voiced(v screen.Voice) Option { return func(l *look) { l.voice = v } }

// Alone leaves out the screens that are the same whatever is asked.
func Alone() Option { return func(l *look) { l.alone = true } }

// Coarse draws pictures in a tenth of their pixels, for who measures screens and captures none: drawing them takes most of the
// time and the memory.
func Coarse() Option { return func(l *look) { l.coarse = true } }

func lookOf(display theme.Display, options []Option) look {
	l := look{display: display, brand: theme.MustBrand(theme.Default)}
	for _, o := range options {
		o(&l)
	}
	return l
}

// Render renders every screen of a survey in one language: the attract screen, the menu, each question of the survey empty,
// answered and with what is said to those who cannot go on, page by page, the warning and the thanks; and, unless Alone,
// the screens that are the same whatever is asked. Questions that no single visitor meets together are all shown: the
// pictures are of the screens, not of one visit. Fyne's own app must not run in the same process.
func Render(s *surveys.Survey, language string, display theme.Display, each func(Shot) error, options ...Option) error {
	looks := lookOf(display, options)
	wear(looks.brand, looks.coarse)
	n, broom := 0, software.NewCanvas()
	shoot := func(g *glass, name string) error {
		n++
		broom.Capture() // with a capture, and only then, Fyne throws away what it kept of screens that are gone
		return each(Shot{
			Name: fmt.Sprintf("%03d-%s", n, name), Question: g.question, Asks: g.asks, Split: g.painted.Split, Ease: looks.ease,
			CapHeight: looks.brand.CapHeight, Colours: looks.brand.Colours(looks.ease.Contrast && !g.plain), Targets: g.painted.Targets,
			Content: g.canvas.Content(), Focus: g.stage.SetFocus, Capture: g.canvas.Capture,
		})
	}
	parts := []func(*surveys.Survey, string, look, func(*glass, string) error) error{attract, menu, questions, together, exam, ending}
	if !looks.alone {
		parts = append(parts, general)
	}
	for _, part := range parts {
		if err := part(s, language, looks, shoot); err != nil {
			return err
		}
	}
	return nil
}

// Save renders into a folder: one PNG a screen, named by its number and screen. It returns the paths in order.
func Save(s *surveys.Survey, language string, display theme.Display, dir string, options ...Option) (paths []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("shots: %w", err)
	}
	err = Render(s, language, display, func(shot Shot) error {
		path := filepath.Join(dir, shot.Name+".png")
		paths = append(paths, path)
		return write(path, shot.Capture())
	}, options...)
	if err != nil {
		return paths, fmt.Errorf("shots: %w", err)
	}
	return paths, nil
}

func write(path string, picture image.Image) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	return png.Encode(f, picture)
}
