package main

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"

	"github.com/boombuler/barcode/qr"
)

// A QR code on a picture: the side of a module in pixels, and the white border that the standard asks for in modules.
const (
	module = 8
	border = 4
)

// writeQR writes a text as a QR code to a PNG file that only its owner reads.
func writeQR(path, text string) error {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("a QR code of the invitation: %w", err)
	}
	side := code.Bounds().Dx()
	full := (side + 2*border) * module
	picture := image.NewGray(image.Rect(0, 0, full, full))
	for y := range full {
		for x := range full {
			at := image.Pt(x/module-border, y/module-border)
			c := color.Gray{Y: 0xff}
			if at.In(code.Bounds()) {
				c = color.GrayModel.Convert(code.At(at.X, at.Y)).(color.Gray)
			}
			picture.SetGray(x, y, c)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err == nil {
		err = errors.Join(png.Encode(f, picture), f.Close())
	}
	if err != nil {
		return fmt.Errorf("the QR code cannot be written: %w; the code that was issued is lost with it, give the command again", err)
	}
	return nil
}
