package theme

import "image/color"

// Palette gives each role on the glass its colour. Text on its ground has a contrast of at least 4.5:1, an outline of at
// least 3:1; a test computes both.
type Palette struct {
	Paper     color.NRGBA // the ground of every screen
	Card      color.NRGBA // the ground of what can be touched
	Ink       color.NRGBA // text
	Secondary color.NRGBA // hints and the privacy line
	Edge      color.NRGBA // outlines of what can be touched
	Track     color.NRGBA // the part of the progress that is still to come
	Accent    color.NRGBA // the one accent: progress, Next, what is chosen
	OnAccent  color.NRGBA // text on Accent
	Tint      color.NRGBA // the ground of what is pressed or chosen
	// HeroTop and HeroFoot are the attract screen's ground, OnHero the text on it.
	HeroTop, HeroFoot, OnHero color.NRGBA
	Good, Alarm               color.NRGBA // the tick of the thanks; the sign of trouble
}

// RGB makes an opaque colour of 0xRRGGBB.
func RGB(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// Paper is the product's own palette.
var Paper = Palette{
	Paper: RGB(0xf6f7f5), Card: RGB(0xffffff), Ink: RGB(0x14202e), Secondary: RGB(0x5a6878), Edge: RGB(0x7d8894),
	Track: RGB(0xd5dbe2), Accent: RGB(0x0b5cad), OnAccent: RGB(0xffffff), Tint: RGB(0xe3edf8),
	HeroTop: RGB(0x0b5cad), HeroFoot: RGB(0x083d75), OnHero: RGB(0xffffff),
	Good: RGB(0x1f7a3d), Alarm: RGB(0xb3261e),
}
