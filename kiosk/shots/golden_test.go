package shots_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	xdraw "golang.org/x/image/draw"

	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

// update draws the golden pictures anew: go test ./kiosk/shots -run Golden -update. Look at them before they are committed.
var update = flag.Bool("update", false, "draw the golden pictures anew")

const (
	goldenDir    = "testdata/golden"
	goldenColour = 48 // colours of a golden picture, to keep it small
	// tile is the side of the squares that are compared, in pixels of the golden picture, which has half the size of the
	// screen; a picture differs when in one of them a pixel differs by more than tileLimit, of 255, on average. The loss of
	// colours makes up 1 to 3, a letter that changes 12 and more, a button that moves by two pixels of the screen 8.
	tile      = 16
	tileLimit = 5.0
	// strayLimit lets the grain of another rasteriser pass: what differs less in a pixel does not count.
	strayLimit = 12
)

// One screen of each kind of question, answered where it can be, in portrait and landscape, and what stands around the questions
// in each brand and in high contrast, is what somebody has looked at.
func TestGoldenPicturesOfEachKind(t *testing.T) {
	source, err := os.ReadFile(everyKind)
	if err != nil {
		t.Fatal(err)
	}
	s, err := surveys.Load(everyKind, source)
	if err != nil {
		t.Fatal(err)
	}
	fresh := map[string]*image.NRGBA{}
	for _, d := range []theme.Display{{Width: 1080, Height: 1920, Inches: 32}, {Width: 1280, Height: 800, Inches: 10.1}} {
		seen := map[surveys.QuestionKind]string{}
		err := shots.Render(s, "ru", d, func(shot shots.Shot) error {
			q := s.Question(shot.Question)
			if q == nil || seen[q.Kind] != "" && seen[q.Kind] != q.Code || !strings.HasSuffix(shot.Name, q.Code) && !strings.HasSuffix(shot.Name, "-answered") {
				return nil
			}
			seen[q.Kind] = q.Code
			fresh[fmt.Sprintf("%s-%dx%d.png", q.Kind, d.Width, d.Height)] = half(shot.Capture())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, option := range map[string]shots.Option{
		"otklik": shots.Eased(theme.Ease{}), "contrast": shots.Eased(theme.Ease{Contrast: true}),
		"work-of-russia": shots.Branded(theme.MustBrand("work-of-russia")),
	} {
		err := shots.Render(s, "ru", theme.Display{Width: 1280, Height: 800, Inches: 10.1}, func(shot shots.Shot) error {
			if _, screen, _ := strings.Cut(shot.Name, "-"); slices.Contains([]string{"attract", "idle", "thanks", "ease"}, screen) {
				fresh[screen+"-"+name+".png"] = half(shot.Capture())
			}
			return nil
		}, option)
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(fresh) < 12 {
		t.Fatal("screens have other names than those looked for")
	}
	for _, kind := range surveys.QuestionKinds {
		if kind.Traits().HasScreen && (fresh[string(kind)+"-1080x1920.png"] == nil || fresh[string(kind)+"-1280x800.png"] == nil) {
			t.Errorf("no picture of %s", kind)
		}
	}
	if *update {
		redraw(t, fresh)
		return
	}
	failed := ""
	for _, name := range slices.Sorted(maps.Keys(fresh)) {
		want, err := readPNG(filepath.Join(goldenDir, name))
		if err != nil {
			t.Errorf("%v; go test ./kiosk/shots -run Golden -update draws it", err)
			continue
		}
		most, at, difference := compare(want, fresh[name])
		if most <= tileLimit {
			continue
		}
		if failed == "" {
			if failed, err = os.MkdirTemp("", "otklik-golden-"); err != nil {
				t.Fatal(err)
			}
		}
		writePNG(t, filepath.Join(failed, name), fresh[name])
		writePNG(t, filepath.Join(failed, "difference-"+name), difference)
		t.Errorf("%s differs by %.1f around %v of the screen; the new picture and the difference lie in %s", name, most, at.Mul(2), failed)
	}
}

// A picture that only lost colours or has grain passes; one in which a small thing moved does not.
func TestGoldenPicturesTellGrainFromChange(t *testing.T) {
	names, err := filepath.Glob(goldenDir + "/*.png")
	if err != nil || len(names) < 2 {
		t.Fatal("no golden pictures", err)
	}
	want, err := readPNG(names[0])
	if err != nil {
		t.Fatal(err)
	}
	change := func(paint func(p *image.NRGBA)) float64 {
		p := image.NewNRGBA(want.Bounds())
		draw.Draw(p, p.Bounds(), want, image.Point{}, draw.Src)
		paint(p)
		most, _, _ := compare(want, p)
		return most
	}
	if most := change(func(p *image.NRGBA) {
		for i := range p.Pix {
			if i%4 < 3 {
				p.Pix[i] = byte(max(0, min(255, int(p.Pix[i])+i*7%17-8)))
			}
		}
	}); most > tileLimit {
		t.Errorf("grain makes a difference of %.1f", most)
	}
	if most := change(func(p *image.NRGBA) { // the stem of a letter
		draw.Draw(p, image.Rect(40, 20, 43, 32), image.NewUniform(color.NRGBA{20, 32, 46, 255}), image.Point{}, draw.Src)
	}); most < tileLimit {
		t.Errorf("the stem of a letter makes a difference of %.1f only", most)
	}
	if most := change(func(p *image.NRGBA) { // everything one pixel lower
		draw.Draw(p, p.Bounds().Add(image.Pt(0, 1)), want, image.Point{}, draw.Src)
	}); most < tileLimit {
		t.Errorf("what moves makes a difference of %.1f only", most)
	}
}

// redraw writes the golden pictures and removes those of kinds that are no more.
func redraw(t *testing.T, fresh map[string]*image.NRGBA) {
	t.Helper()
	if err := os.RemoveAll(goldenDir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(goldenDir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, p := range fresh {
		writePNG(t, filepath.Join(goldenDir, name), reduced(p))
	}
}

// half is a picture at half its size.
func half(p image.Image) *image.NRGBA {
	size := p.Bounds().Size().Div(2)
	to := image.NewNRGBA(image.Rectangle{Max: size})
	xdraw.ApproxBiLinear.Scale(to, to.Bounds(), p, p.Bounds(), draw.Src, nil)
	return to
}

// reduced is a picture in its commonest colours, those that are alike counted as one.
func reduced(p *image.NRGBA) image.Image {
	counts := map[color.NRGBA]int{}
	b := p.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			counts[p.NRGBAAt(x, y)]++
		}
	}
	common := slices.SortedFunc(maps.Keys(counts), func(a, b color.NRGBA) int {
		return cmp.Or(counts[b]-counts[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, near := range []int{16, 8, 0} { // wide apart first, then what is left
		for _, c := range common {
			if len(palette) < goldenColour && !slices.ContainsFunc(palette, func(had color.Color) bool { return apart(had.(color.NRGBA), c) <= near }) {
				palette = append(palette, c)
			}
		}
	}
	to := image.NewPaletted(b, palette)
	draw.Draw(to, b, p, b.Min, draw.Src)
	return to
}

// apart is the widest difference of two colours in one channel.
func apart(a, b color.NRGBA) int {
	off := func(p, q uint8) int { return max(int(p)-int(q), int(q)-int(p)) }
	return max(off(a.R, b.R), off(a.G, b.G), off(a.B, b.B))
}

// compare returns the greatest mean difference of a tile, where it lies, and a picture of all differences.
func compare(want, got *image.NRGBA) (most float64, at image.Point, difference *image.Gray) {
	b := want.Bounds()
	difference = image.NewGray(b)
	if got.Bounds() != b {
		return math.Inf(1), b.Max, difference
	}
	sums := map[image.Point]float64{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			off := apart(want.NRGBAAt(x, y), got.NRGBAAt(x, y))
			if off <= strayLimit {
				continue
			}
			difference.SetGray(x, y, color.Gray{uint8(off)})
			sums[image.Pt(x/tile, y/tile)] += float64(off) / (tile * tile)
		}
	}
	for t, sum := range sums {
		if sum > most {
			most, at = sum, t.Mul(tile)
		}
	}
	return most, at, difference
}

func readPNG(path string) (*image.NRGBA, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	read, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p := image.NewNRGBA(read.Bounds())
	draw.Draw(p, p.Bounds(), read, read.Bounds().Min, draw.Src)
	return p, nil
}

func writePNG(t *testing.T, path string, p image.Image) {
	t.Helper()
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, p)
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
