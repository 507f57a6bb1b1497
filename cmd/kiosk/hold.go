package main

import (
	"context"
	"image/png"
	"os"
	"os/signal"
	"syscall"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"otklik/kiosk/screen"
	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
)

type holdCommand struct {
	Picture bool   `help:"Write the picture to the standard output, as PNG, and leave."`
	Size    size   `default:"1080x1920" help:"Resolution of the picture, WIDTHxHEIGHT in pixels."`
	Brand   string `default:"otklik" env:"OTKLIK_BRAND" help:"Brand of the glass: a name or a folder."`
}

// Run shows the holding picture on the whole display until the standard input ends.
func (c *holdCommand) Run() error {
	brand, err := theme.FindBrand(c.Brand)
	if err != nil {
		return err
	}
	if c.Picture {
		return png.Encode(os.Stdout, shots.Hold(theme.Display{Width: c.Size.width, Height: c.Size.height}, brand))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go outlived(stop)
	settleFyne()
	a := app.NewWithID("ru.otklik.kiosk.hold")
	a.Settings().SetTheme(screen.WindowTheme(brand))
	w := a.NewWindow("Отклик")
	w.SetCloseIntercept(func() {})
	w.SetPadded(false)
	w.SetContent(screen.Hold(theme.Display{}, brand))
	w.SetFullScreen(true)
	go func() {
		<-ctx.Done()
		fyne.Do(a.Quit)
	}()
	w.ShowAndRun()
	return nil
}
