package main

import (
	"context"
	"os"
	"os/exec"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"otklik/kiosk/glass"
	"otklik/kiosk/loop"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
)

// settleFyne fixes what Fyne would otherwise guess from the environment: one unit is one pixel, since our sizes come from
// the display's millimetres, and X11 is used even where a Wayland compositor runs, since only there touch arrives.
func settleFyne() {
	for key, value := range map[string]string{
		"FYNE_SCALE": "1", "FYNE_DISABLE_DPI_DETECTION": "true", "FYNE_PLATFORM": "x11",
	} {
		_ = os.Setenv(key, value) // fails for malformed keys only
	}
}

// show runs the window until ctx ends. It takes the whole screen, has no way to be closed from the glass or by the window
// manager, and must be called from the main goroutine.
func show(ctx context.Context, brand *theme.Brand, make func() *glass.Glass) {
	settleFyne()
	app.SetMetadata(fyne.AppMetadata{
		ID: "ru.otklik.kiosk", Name: "Отклик",
		// All that is done from elsewhere goes through kiosk/loop: Fyne need not find out for each call which thread it is on.
		Migrations: map[string]bool{"fyneDo": true},
	})
	a := app.New()
	a.Settings().SetTheme(screen.WindowTheme(brand))
	w := a.NewWindow("Отклик")
	w.SetCloseIntercept(func() {}) // Alt-F4 and the window manager's close do nothing
	g := make()
	g.Open(w)
	w.SetFullScreen(true)
	if runtime.GOOS != "linux" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		a.Driver().SetDisableScreenBlanking(true)
	}
	if runtime.GOOS == "linux" {
		keepLit(ctx)
	}
	go func() {
		<-ctx.Done()
		loop.End(a.Quit)
	}()
	a.Lifecycle().SetOnStarted(func() {
		keepInFront(ctx, w)
		parkLoop()
	})
	w.ShowAndRun()
}

// keepLit turns the X server's own blanking off, which Fyne reaches through D-Bus only. Without xset the screen may go
// dark on a machine without D-Bus; nothing else depends on it.
func keepLit(ctx context.Context) {
	for _, args := range [][]string{{"s", "off"}, {"-dpms"}} {
		_ = exec.CommandContext(ctx, "xset", args...).Run()
	}
}
