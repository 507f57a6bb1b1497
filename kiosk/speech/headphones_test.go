package speech

import (
	"strings"
	"testing"
)

func TestHeadphonesArePluggedInOnlyWhereTheMachineKnows(t *testing.T) {
	const sinks = `Sink #0
	Name: hdmi
	Ports:
		hdmi-output-0: HDMI (type: HDMI, priority: 5900, available)
	Active Port: hdmi-output-0
Sink #1
	Name: analog
	Ports:
		analog-output-speaker: Speakers (type: Speaker, priority: 10000, availability group: Legacy 4, not available)
		analog-output-headphones: Headphones (type: Headphones, priority: 9900, availability group: Legacy 4, AVAILABLE)
	Active Port: PORT
`
	with := func(available, port string) string {
		return strings.NewReplacer("AVAILABLE", available, "PORT", port).Replace(sinks)
	}
	const ears, box = "analog-output-headphones", "analog-output-speaker"
	for _, c := range []struct {
		name, info, sinks string
		want              bool
	}{
		{"plugged in", "Default Sink: analog", with("available", ears), true},
		{"pulled out", "Default Sink: analog", with("not available", ears), false},
		{"nobody knows", "Default Sink: analog", with("availability unknown", ears), false},
		{"plugged in, but the loudspeakers are chosen", "Default Sink: analog", with("available", box), false},
		{"another output is the default", "Default Sink: hdmi", with("available", ears), false},
		{"no output", "Default Sink: ", with("available", ears), false},
		{"an older version", "Default Sink: a", "Sink #0\n\tName: a\n\t\tp: Headphones (priority: 9000, available)\n\tActive Port: p\n", true},
	} {
		if got := pulse(c.info, c.sinks); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	const card = "numid=16,iface=CARD,name='Headphone Jack'\n  ; type=BOOLEAN,access=r-------,values=1\n  : values=%s\n" +
		"numid=17,iface=MIXER,name='Headphone Playback Switch'\n  ; type=BOOLEAN,access=rw------,values=1\n  : values=on\n"
	for value, want := range map[string]bool{"on": true, "off": false} {
		if got := jack(strings.ReplaceAll(card, "%s", value)); got != want {
			t.Errorf("a jack that is %s: %v", value, got)
		}
	}
	if pulse("", "") || jack("") {
		t.Error("a machine that knows nothing has headphones")
	}
}
