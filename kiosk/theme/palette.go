package theme

import (
	"image/color"
)

// Palette gives each role on the glass its colour. Pairs says which of them meet; a brand whose colours cannot be told
// apart is refused when it is read.
type Palette struct {
	Paper     color.NRGBA // the ground of every screen
	Card      color.NRGBA // the ground of what can be touched
	Ink       color.NRGBA // text
	Secondary color.NRGBA // hints and the privacy line
	Edge      color.NRGBA // outlines of what can be touched
	Track     color.NRGBA // the part of the progress that is still to come
	Accent    color.NRGBA // the one accent: progress, Next, what is chosen
	OnAccent  color.NRGBA // text on Accent
	Held      color.NRGBA // Next under a finger; OnAccent stands on it too
	Tint      color.NRGBA // the ground of what is pressed or chosen
	Quiet     color.NRGBA // the ground of the ease bar's keys and of keys that write nothing
	QuietEdge color.NRGBA // their outline
	// HeroTop and HeroFoot are the attract screen's ground, OnHero the text on it.
	HeroTop, HeroFoot, OnHero color.NRGBA
	// Veil covers the screen during the warning and while the terminal sleeps, OnVeil is the text on it.
	Veil, OnVeil color.NRGBA
	Good, Alarm  color.NRGBA // the tick of the thanks; the sign of trouble
	OnSign       color.NRGBA // what is drawn on Good and Alarm
	// Face1 to Face4 are the grounds of the faces, the worst first; OnFace is what they are drawn with.
	Face1, Face2, Face3, Face4, OnFace color.NRGBA
	// Drawn are the grounds of illustrations: decoration that nothing depends on.
	Drawn1, Drawn2 color.NRGBA
}

// roles are the colours of a palette by the names that brands and icons call them.
var roles = []struct {
	name string
	of   func(*Palette) *color.NRGBA
}{
	{"paper", func(p *Palette) *color.NRGBA { return &p.Paper }},
	{"card", func(p *Palette) *color.NRGBA { return &p.Card }},
	{"ink", func(p *Palette) *color.NRGBA { return &p.Ink }},
	{"secondary", func(p *Palette) *color.NRGBA { return &p.Secondary }},
	{"edge", func(p *Palette) *color.NRGBA { return &p.Edge }},
	{"track", func(p *Palette) *color.NRGBA { return &p.Track }},
	{"accent", func(p *Palette) *color.NRGBA { return &p.Accent }},
	{"on-accent", func(p *Palette) *color.NRGBA { return &p.OnAccent }},
	{"held", func(p *Palette) *color.NRGBA { return &p.Held }},
	{"tint", func(p *Palette) *color.NRGBA { return &p.Tint }},
	{"quiet", func(p *Palette) *color.NRGBA { return &p.Quiet }},
	{"quiet-edge", func(p *Palette) *color.NRGBA { return &p.QuietEdge }},
	{"hero-top", func(p *Palette) *color.NRGBA { return &p.HeroTop }},
	{"hero-foot", func(p *Palette) *color.NRGBA { return &p.HeroFoot }},
	{"on-hero", func(p *Palette) *color.NRGBA { return &p.OnHero }},
	{"veil", func(p *Palette) *color.NRGBA { return &p.Veil }},
	{"on-veil", func(p *Palette) *color.NRGBA { return &p.OnVeil }},
	{"good", func(p *Palette) *color.NRGBA { return &p.Good }},
	{"alarm", func(p *Palette) *color.NRGBA { return &p.Alarm }},
	{"on-sign", func(p *Palette) *color.NRGBA { return &p.OnSign }},
	{"face-1", func(p *Palette) *color.NRGBA { return &p.Face1 }},
	{"face-2", func(p *Palette) *color.NRGBA { return &p.Face2 }},
	{"face-3", func(p *Palette) *color.NRGBA { return &p.Face3 }},
	{"face-4", func(p *Palette) *color.NRGBA { return &p.Face4 }},
	{"on-face", func(p *Palette) *color.NRGBA { return &p.OnFace }},
	{"drawn-1", func(p *Palette) *color.NRGBA { return &p.Drawn1 }},
	{"drawn-2", func(p *Palette) *color.NRGBA { return &p.Drawn2 }},
}

// Role returns the colour of a role by its name, such as "on-accent".
func (p Palette) Role(name string) (color.NRGBA, bool) {
	for _, r := range roles {
		if r.name == name {
			return *r.of(&p), true
		}
	}
	return color.NRGBA{}, false
}

// Pair is two roles that meet on the glass, and the least contrast that they need.
type Pair struct {
	On, Under string  // names of roles: what is painted, and the ground under it
	Least     float64 // 7 for text to be read at length, 4.5 for other text, 3 for outlines and signs (WCAG 2.2, 1.4.3 and 1.4.11)
}

// Pairs are the roles that meet. A test paints every screen and finds no pair that is not among them.
var Pairs = []Pair{
	{"ink", "paper", 7},
	{"ink", "card", 7},
	{"ink", "tint", 7},
	{"ink", "quiet", 7},
	{"secondary", "paper", 4.5},
	{"secondary", "card", 4.5},
	{"secondary", "tint", 4.5},
	{"alarm", "paper", 4.5},
	{"on-accent", "accent", 4.5},
	{"on-accent", "held", 4.5},
	{"on-hero", "hero-top", 4.5},
	{"on-hero", "hero-foot", 4.5},
	{"on-veil", "veil", 7},
	{"edge", "paper", 3},
	{"edge", "card", 3},
	{"quiet", "ink", 3},
	{"quiet-edge", "paper", 3},
	{"quiet-edge", "veil", 3},
	{"accent", "paper", 3},
	{"accent", "card", 3},
	{"accent", "tint", 3},
	{"accent", "track", 3},
	{"good", "paper", 3},
	{"on-sign", "good", 3},
	{"on-sign", "alarm", 3},
	{"face-1", "card", 3},
	{"face-2", "card", 3},
	{"face-3", "card", 3},
	{"face-4", "card", 3},
	{"face-1", "paper", 3},
	{"face-2", "paper", 3},
	{"face-3", "paper", 3},
	{"face-4", "paper", 3},
	{"face-1", "tint", 3},
	{"face-2", "tint", 3},
	{"face-3", "tint", 3},
	{"face-4", "tint", 3},
	{"on-face", "face-1", 3},
	{"on-face", "face-2", 3},
	{"on-face", "face-3", 3},
	{"on-face", "face-4", 3},
}

// RGB makes an opaque colour of 0xRRGGBB.
func RGB(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// HighContrast is the palette of high contrast where a brand gives none of its own: black, white and one yellow.
var HighContrast = Palette{
	Paper: black, Card: black, Ink: white, Secondary: white, Edge: white, Track: RGB(0x5c5c5c), Accent: yellow, OnAccent: black,
	Held: white, Tint: RGB(0x332b00), Quiet: RGB(0x1f1f1f), QuietEdge: white, HeroTop: black, HeroFoot: black, OnHero: white,
	Veil: black, OnVeil: white, Good: yellow, Alarm: yellow, OnSign: black,
	Face1: yellow, Face2: yellow, Face3: yellow, Face4: yellow, OnFace: black, Drawn1: RGB(0x1f1f1f), Drawn2: RGB(0x333333),
}

var black, white, yellow = RGB(0), RGB(0xffffff), RGB(0xffd400)
