package surveys_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"otklik/surveys"
)

const pictured = `id: p
number: 1
kind: poll
languages: [ru]
title: {ru: А}
pages:
  - questions:
      - code: q
        kind: picture-choice
        text: {ru: А}
        choices:
          - {code: a, text: {ru: А}, image: a.png}
          - {code: b, text: {ru: Б}, image: b.jpg}
          - {code: c, text: {ru: В}, image: face-1}
          - {code: d, text: {ru: Г}, image: a.png}
`

// drawing is a picture of a size in one of the formats.
func drawing(t testing.TB, format string, w, h int, noisy bool) []byte {
	t.Helper()
	p := image.NewNRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range p.Pix {
		p.Pix[i] = 200
		if noisy {
			p.Pix[i] = byte(random.Uint32())
		}
	}
	p.Set(0, 0, color.NRGBA{255, 0, 0, 255})
	var b bytes.Buffer
	err := png.Encode(&b, p)
	if format == "jpeg" {
		b.Reset()
		err = jpeg.Encode(&b, p, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a PNG that says it is larger than its few bytes can be.
func bomb(t testing.TB) []byte {
	data := drawing(t, "png", 1, 1, false)
	binary.BigEndian.PutUint32(data[16:], 60000)
	binary.BigEndian.PutUint32(data[20:], 60000)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

func album(t testing.TB) fstest.MapFS {
	return fstest.MapFS{"a.png": {Data: drawing(t, "png", 40, 30, false)}, "b.jpg": {Data: drawing(t, "jpeg", 30, 40, false)}}
}

func TestPublishedSurveyHasItsPicturesInside(t *testing.T) {
	beside := album(t)
	draft := mustLoad(t, pictured)
	if got := strings.Join(draft.ImageFiles(), " "); got != "a.png b.jpg" || len(draft.Images) != 0 {
		t.Errorf("the draft names %s and has %d", got, len(draft.Images))
	}
	for _, source := range []string{pictured, strings.TrimRight(pictured, "\n"), strings.ReplaceAll(pictured, "\n", "\r\n")} {
		packed, err := surveys.Pack("p.yaml", []byte(source), beside)
		if err != nil {
			t.Fatal(err)
		}
		s := mustLoad(t, string(packed))
		for file, want := range beside {
			if !bytes.Equal(s.Images[file], want.Data) {
				t.Errorf("%s is not what lies beside", file)
			}
		}
		if err := validate(t, packed); err != nil {
			t.Errorf("the schema: %v", err)
		}
		again, err := surveys.Pack("p.yaml", packed, nil)
		if err != nil || !bytes.Equal(again, packed) {
			t.Errorf("packed twice it differs: %v", err)
		}
		beside := album(t)
		beside["a.png"].Data = drawing(t, "png", 41, 30, false)
		other, err := surveys.Pack("p.yaml", []byte(source), beside)
		if err != nil || mustLoad(t, string(other)).Version == s.Version {
			t.Errorf("another picture is the same version (%v)", err)
		}
	}
	plain := []byte(one(surveys.Smiley))
	if packed, err := surveys.Pack("one.yaml", plain, nil); err != nil || !bytes.Equal(packed, plain) {
		t.Errorf("a survey without pictures is changed: %v", err)
	}
}

func TestPicturesThatCannotBeShownAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		data []byte
		want string
	}{
		"missing":     {"a.png", nil, "p.yaml:12:45: there is no file a.png beside the survey"},
		"no picture":  {"a.png", []byte("<svg/>"), "p.yaml:12:45: the picture a.png cannot be read: image: unknown format"},
		"too large":   {"a.png", drawing(t, "png", 400, 400, true), "p.yaml:12:45: the picture a.png is too large; expected at most 98304 bytes"},
		"too wide":    {"b.jpg", drawing(t, "jpeg", 2001, 1, false), "p.yaml:13:45: the picture b.jpg has 2001 × 1 pixels; expected at most 2000 × 2000"},
		"a bomb":      {"a.png", bomb(t), "p.yaml:12:45: the picture a.png has 60000 × 60000 pixels"},
		"other name":  {"b.jpg", drawing(t, "png", 1, 1, false), "p.yaml:13:45: the picture b.jpg is PNG inside"},
		"cut in half": {"a.png", drawing(t, "png", 60, 60, true)[:900], "p.yaml:12:45: the picture a.png is damaged: png"},
	} {
		t.Run(name, func(t *testing.T) {
			beside := album(t)
			if beside[c.file].Data = c.data; c.data == nil {
				delete(beside, c.file)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := surveys.Pack("p.yaml", []byte(pictured), beside)
			runtime.ReadMemStats(&after)
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 100 {
				t.Errorf("it took %d MB", took)
			}
			var problems surveys.Problems
			if !errors.As(err, &problems) || len(problems) != 1 || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%v\nwant %s", err, c.want)
			}
		})
	}
	if _, err := surveys.Pack("p.yaml", []byte(strings.ReplaceAll(pictured, "a.png", "a.svg")), fstest.MapFS{"a.svg": {Data: []byte("<svg/>")}, "b.jpg": album(t)["b.jpg"]}); err == nil ||
		!strings.Contains(err.Error(), "the picture a.svg is neither PNG nor JPEG") {
		t.Error(err)
	}
	if _, err := surveys.Pack("p.yaml", []byte(pictured), nil); err == nil || strings.Count(err.Error(), "is not in the survey") != 2 {
		t.Error(err)
	}
	many, beside := pictured, fstest.MapFS{}
	for i := range 8 {
		name := string(rune('k'+i)) + ".png"
		beside[name] = &fstest.MapFile{Data: drawing(t, "png", 150, 150, true)}
		many += "          - {code: " + name[:1] + ", text: {ru: Д" + name[:1] + "}, image: " + name + "}\n"
	}
	beside["a.png"], beside["b.jpg"] = album(t)["a.png"], album(t)["b.jpg"]
	if _, err := surveys.Pack("p.yaml", []byte(many), beside); err == nil || !strings.Contains(err.Error(), "bytes together; expected at most 524288") {
		t.Error(err)
	}
}

func TestSectionOfPicturesIsHeldToItsForm(t *testing.T) {
	a := base64.StdEncoding.EncodeToString(album(t)["a.png"].Data)
	b := base64.StdEncoding.EncodeToString(album(t)["b.jpg"].Data)
	for _, c := range []struct{ section, want string }{
		{"images:\n  a.png: " + a + "\n", "demo.yaml:13:45: the picture b.jpg is not among the survey's images"},
		{"images: {a.png: " + a + "}\n", `demo.yaml:16:1: the section of pictures begins with "images: {a.png`},
		{"images:\n  a.png: " + a + "\n  b.jpg: " + b + "\n  c.png: " + a + "\n", "demo.yaml:19:3: nothing shows the picture c.png"},
		{"images:\n  a.png: " + a + "\n  b.jpg: " + b + "\n  b.jpg: " + b + "\n", "demo.yaml:19:3: the picture b.jpg stands twice"},
		{"images:\n  a.png: " + a + "\n  b.jpg: " + b + "\nthanks: {ru: А}\n", `demo.yaml:19:1: "thanks: {ru: А}" is no line of a picture`},
		{"images:\n  a.png: x" + a + "\n  b.jpg: " + b + "\n", "demo.yaml:17:3: the picture a.png is damaged: illegal base64"},
		{"images:\n  a.png: " + base64.StdEncoding.EncodeToString(bomb(t)) + "\n  b.jpg: " + b + "\n", "demo.yaml:17:3: the picture a.png has 60000"},
		{strings.Repeat("#", 300<<10) + "\n", "demo.yaml:1:1: the survey has 3075"},
		{"images:\n" + strings.Repeat("#", 1<<20) + "\n", "demo.yaml:1:1: the survey has 10489"},
	} {
		_, err := surveys.Load("demo.yaml", []byte(pictured+c.section))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%.60q: %.300v\nwant %s", c.section, err, c.want)
		}
	}
}
