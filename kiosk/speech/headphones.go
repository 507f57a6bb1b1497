package speech

import (
	"context"
	"strings"
)

// Plugged reports whether headphones are known to be plugged in: by PulseAudio or PipeWire, whose default output then leads
// into them, else by the jack of an ALSA card. What neither knows counts as not plugged in.
func Plugged(ctx context.Context) bool {
	if info := ask(ctx, "pactl", "info"); info != "" {
		return pulse(info, ask(ctx, "pactl", "list", "sinks"))
	}
	return jack(ask(ctx, "amixer", "contents"))
}

// pulse reads what pactl says of the server and of its outputs.
func pulse(info, sinks string) bool {
	output := after(info, "Default Sink: ")
	for _, sink := range strings.Split(sinks, "Sink #") {
		if output == "" || after(sink, "Name: ") != output {
			continue
		}
		port := after(sink, "Active Port: ")
		return port != "" && worn(after(sink, port+": "))
	}
	return false
}

// worn reports whether a port of pactl's list is one for the ears with a plug in it: older versions name no type.
func worn(port string) bool {
	ears := strings.Contains(port, "Headphone") || strings.Contains(port, "Headset")
	return ears && (strings.HasSuffix(port, ", available)") || strings.HasSuffix(port, "(available)"))
}

// after is the rest of the first line that begins with a key, but for the space before it; "" without one.
func after(text, key string) string {
	for _, line := range strings.Split(text, "\n") {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), key); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// jack reads the controls of an ALSA card.
func jack(contents string) bool {
	for _, control := range strings.Split(contents, "numid=") {
		name := after("numid="+control, "numid=")
		if strings.Contains(name, "Headphone") && strings.Contains(name, "Jack'") && after(control, ": values=") == "on" {
			return true
		}
	}
	return false
}
