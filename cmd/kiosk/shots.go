package main

import (
	"fmt"
	"os"

	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

type shotsCommand struct {
	Survey   string  `required:"" type:"existingfile" help:"The survey's YAML file."`
	Lang     string  `default:"ru" help:"Language of the glass."`
	Size     size    `default:"1080x1920" help:"Resolution, WIDTHxHEIGHT in pixels."`
	Diagonal float64 `help:"Diagonal of the display in inches; a usual one for the resolution when not given."`
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
	s, err := surveys.Load(c.Survey, source)
	if err != nil {
		return err
	}
	paths, err := shots.Save(s, c.Lang, theme.Display{Width: c.Size.width, Height: c.Size.height, Inches: c.Diagonal}, c.Output)
	for _, p := range paths {
		fmt.Println(p)
	}
	return err
}
