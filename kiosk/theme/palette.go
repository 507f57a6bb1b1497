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
	Least     float64 // Aim for text to be read at length, Text for other text, Sign for outlines and signs
	// Or is a role that may stand out in the place of On: the outline of the same shape. "" for none.
	Or string
}

// Contrasts of text and of signs (WCAG 2.2, 1.4.6, 1.4.3 and 1.4.11).
const (
	Aim  = 7.0 // what text should have: the brands of the program keep it on every screen
	Text = 4.5 // what text must have in any brand
	Sign = 3.0 // what outlines and signs must have in any brand
)

// Pairs are the roles that meet. A test paints every screen and finds no pair that is not among them.
var Pairs = []Pair{
	{On: "ink", Under: "paper", Least: Aim},
	{On: "ink", Under: "card", Least: Aim},
	{On: "ink", Under: "tint", Least: Aim},
	{On: "ink", Under: "quiet", Least: Aim},
	{On: "secondary", Under: "paper", Least: Text},
	{On: "secondary", Under: "card", Least: Text},
	{On: "secondary", Under: "tint", Least: Text},
	{On: "alarm", Under: "paper", Least: Text},
	{On: "on-accent", Under: "accent", Least: Text},
	{On: "on-accent", Under: "held", Least: Text},
	{On: "on-hero", Under: "hero-top", Least: Text},
	{On: "on-hero", Under: "hero-foot", Least: Text},
	{On: "on-veil", Under: "veil", Least: Aim},
	{On: "edge", Under: "paper", Least: Sign},
	{On: "edge", Under: "card", Least: Sign},
	{On: "edge", Under: "tint", Least: Sign},
	{On: "held", Under: "paper", Least: Sign},
	{On: "ink", Under: "track", Least: Sign},
	{On: "tint", Under: "hero-top", Least: Sign, Or: "accent"},
	{On: "tint", Under: "hero-foot", Least: Sign, Or: "accent"},
	{On: "quiet", Under: "ink", Least: Sign},
	{On: "quiet-edge", Under: "paper", Least: Sign},
	{On: "quiet-edge", Under: "veil", Least: Sign},
	{On: "accent", Under: "paper", Least: Sign},
	{On: "accent", Under: "card", Least: Sign},
	{On: "accent", Under: "tint", Least: Sign},
	{On: "accent", Under: "track", Least: Sign},
	{On: "good", Under: "paper", Least: Sign},
	{On: "on-sign", Under: "good", Least: Sign},
	{On: "on-sign", Under: "alarm", Least: Sign},
	{On: "face-1", Under: "card", Least: Sign},
	{On: "face-2", Under: "card", Least: Sign},
	{On: "face-3", Under: "card", Least: Sign},
	{On: "face-4", Under: "card", Least: Sign},
	{On: "face-1", Under: "paper", Least: Sign},
	{On: "face-2", Under: "paper", Least: Sign},
	{On: "face-3", Under: "paper", Least: Sign},
	{On: "face-4", Under: "paper", Least: Sign},
	{On: "face-1", Under: "tint", Least: Sign},
	{On: "face-2", Under: "tint", Least: Sign},
	{On: "face-3", Under: "tint", Least: Sign},
	{On: "face-4", Under: "tint", Least: Sign},
	{On: "on-face", Under: "face-1", Least: Sign},
	{On: "on-face", Under: "face-2", Least: Sign},
	{On: "on-face", Under: "face-3", Least: Sign},
	{On: "on-face", Under: "face-4", Least: Sign},
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
	Face1: yellow, Face2: yellow, Face3: yellow, Face4: yellow, OnFace: black, Drawn1: RGB(0x5e5e5e), Drawn2: RGB(0x767676),
}

var black, white, yellow = RGB(0), RGB(0xffffff), RGB(0xffd400)
