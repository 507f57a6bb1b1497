package theme

import (
	"fmt"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// letters are those that a face needs for the glass to speak its languages.
const letters = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяӘәӨөҮүҖҗҢңҺһ" +
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;!?-+–—…«»()/@"

// CheckFont returns the height of a face's capitals in em, or says which letter it lacks.
func CheckFont(data []byte) (capHeight float64, err error) {
	f, err := sfnt.Parse(data)
	if err != nil {
		return 0, fmt.Errorf("not a TrueType or OpenType font: %w", err)
	}
	var buf sfnt.Buffer
	for _, r := range letters {
		if i, err := f.GlyphIndex(&buf, r); err != nil || i == 0 {
			return 0, fmt.Errorf("the font has no letter %q", r)
		}
	}
	const em = 1000
	i, err := f.GlyphIndex(&buf, 'Н')
	if err != nil {
		return 0, err
	}
	bounds, _, err := f.GlyphBounds(&buf, i, fixed.I(em), font.HintingNone)
	if err != nil {
		return 0, err
	}
	return float64(-bounds.Min.Y) / 64 / em, nil
}
