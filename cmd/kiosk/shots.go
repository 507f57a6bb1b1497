package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

type shotsCommand struct {
	Survey   string  `required:"" type:"existingfile" help:"The survey's YAML file."`
	Lang     string  `default:"ru" help:"Language of the glass."`
	Size     size    `default:"1080x1920" help:"Resolution, WIDTHxHEIGHT in pixels."`
	Diagonal float64 `help:"Diagonal of the display in inches; a usual one for the resolution when not given."`
	Brand    string  `default:"otklik" help:"Brand of the glass: one of the program's (otklik, work-of-russia), or a folder with a brand.yaml."`
	Text     string  `default:"normal" enum:"normal,large,largest" help:"Size of the letters."`
	Contrast bool    `help:"High contrast."`
	Lowered  bool    `help:"Everything to touch within the bottom 60 cm."`
	Left     bool    `help:"For the left hand."`
	Output   string  `short:"o" required:"" type:"path" help:"Folder for the pictures."`
}

// size is a resolution on the command line.
type size struct{ width, height int }

// UnmarshalText reads "1080x1920".
func (s *size) UnmarshalText(text []byte) error {
	if _, err := fmt.Sscanf(string(text), "%dx%d", &s.width, &s.height); err != nil || s.width < 320 || s.height < 240 ||
		s.width > 8192 || s.height > 8192 {
		return fmt.Errorf("a resolution is WIDTHxHEIGHT in pixels from 320x240 to 8192x8192, such as 1080x1920, not %q", text)
	}
	return nil
}

// Run renders the pictures and prints their paths.
func (c *shotsCommand) Run() error {
	source, err := os.ReadFile(c.Survey)
	if err != nil {
		return err
	}
	if source, err = surveys.Pack(c.Survey, source, os.DirFS(filepath.Dir(c.Survey))); err != nil {
		return err
	}
	s, err := surveys.Load(c.Survey, source)
	if err != nil {
		return err
	}
	brand, err := theme.FindBrand(c.Brand)
	if err != nil {
		return err
	}
	for _, a := range brand.Advice {
		fmt.Fprintln(os.Stderr, "advice:", a)
	}
	ease := theme.Ease{
		Text: slices.Index([]string{"normal", "large", "largest"}, c.Text), Contrast: c.Contrast, Lowered: c.Lowered, LeftHanded: c.Left,
	}
	display := theme.Display{Width: c.Size.width, Height: c.Size.height, Inches: c.Diagonal}
	paths, err := shots.Save(s, c.Lang, display, c.Output, shots.Branded(brand), shots.Eased(ease))
	for _, p := range paths {
		fmt.Println(p)
	}
	return err
}
