package theme

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
)

// rolePattern is a colour of an icon: a role, and the colour that viewers other than the glass show in its place.
var rolePattern = regexp.MustCompile(`var\(--([a-z0-9-]+), ?#[0-9a-fA-F]{6}\)`)

// Paint gives each role in an SVG its colour: var(--accent, #0b5cad) becomes the accent of the palette.
func (p Palette) Paint(svg []byte) []byte {
	return rolePattern.ReplaceAllFunc(svg, func(m []byte) []byte {
		c, ok := p.Role(string(rolePattern.FindSubmatch(m)[1]))
		if !ok {
			return m
		}
		return []byte(hex(c))
	})
}

// drawable are the elements and attributes of SVG that the glass draws as they are meant.
var drawable = map[string][]string{
	"svg":    {"viewBox", "xmlns"},
	"path":   {"d", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"},
	"circle": {"cx", "cy", "r", "fill", "stroke", "stroke-width"},
}

// CheckSVG says what in a picture the glass would draw wrongly: it draws flat paths and circles with roles for colours.
func CheckSVG(source []byte) error {
	d := xml.NewDecoder(bytes.NewReader(source))
	for n := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if n < 2 {
				return errors.New("the picture draws nothing")
			}
			return nil
		}
		if err != nil {
			return err
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		n++
		line, _ := d.InputPos()
		known, ok := drawable[e.Name.Local]
		if !ok {
			return fmt.Errorf("line %d: <%s> is not drawn; use path and circle", line, e.Name.Local)
		}
		for _, a := range e.Attr {
			if !slices.Contains(known, a.Name.Local) {
				return fmt.Errorf("line %d: %s of <%s> is not drawn", line, a.Name.Local, e.Name.Local)
			}
			if (a.Name.Local == "fill" || a.Name.Local == "stroke") && a.Value != "none" {
				if err := checkColour(a.Value); err != nil {
					return fmt.Errorf("line %d: %w", line, err)
				}
			}
		}
	}
}

func checkColour(value string) error {
	m := rolePattern.FindStringSubmatch(value)
	if m == nil || m[0] != value {
		return fmt.Errorf("the colour %q is not written as a role, such as var(--accent, #0b5cad)", value)
	}
	if _, ok := (Palette{}).Role(m[1]); !ok {
		return fmt.Errorf("%s is no role of a colour", m[1])
	}
	return nil
}
