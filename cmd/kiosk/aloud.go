package main

import (
	"context"
	"log/slog"

	"otklik/kiosk/glass"
	"otklik/kiosk/loop"
	"otklik/kiosk/speech"
)

// readAloud finds what reads aloud and gives it to the glass until ctx ends. A machine without it asks its visitors all the
// same.
func readAloud(ctx context.Context, headphones bool, g *glass.Glass) {
	voice, err := speech.Find(ctx, speech.Config{Headphones: headphones})
	if err != nil {
		slog.Warn("nothing is read aloud", "err", err)
		return
	}
	loop.Do(func() { g.SetVoice(voice) })
	<-ctx.Done()
	voice.Close()
}
