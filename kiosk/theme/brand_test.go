package theme_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	fynetheme "fyne.io/fyne/v2/theme"

	"otklik/assets"
	"otklik/kiosk/theme"
)

func TestBrandsOfTheProgramAreRead(t *testing.T) {
	names := theme.Brands()
	if len(names) < 2 {
		t.Fatalf("the program has the brands %v", names)
	}
	for _, name := range names {
		b, err := theme.FindBrand(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, p := range []theme.Palette{b.Palette, b.Contrast, theme.HighContrast} {
			for _, bad := range p.Confused() {
				t.Errorf("%s: %s %s", name, bad.On, bad)
			}
		}
		for _, p := range []theme.Palette{b.Palette, b.Contrast} {
			for _, faint := range p.Faint() {
				t.Errorf("%s: %s %s", name, faint.On, faint)
			}
		}
		for _, hero := range []bool{false, true} {
			if err := theme.CheckSVG(b.Logo(hero)); err != nil {
				t.Errorf("%s: logo: %v", name, err)
			}
		}
	}
}

// A brand may have text that reads less easily than it should, and is told so.
func TestFaintTextOfABrandIsNamed(t *testing.T) {
	b, err := theme.ReadBrand(own(t, `secondary: "#434f5b"`, `secondary: "#55626f"`))
	if err != nil {
		t.Fatal(err)
	}
	want := "brand.yaml:13:14: colours.secondary: on paper its contrast is 5.81:1; 7.0:1 would read more easily"
	if !slices.Contains(b.Advice, want) {
		t.Errorf("advice: %q", b.Advice)
	}
	if own := theme.MustBrand(theme.Default).Advice; len(own) > 0 {
		t.Errorf("of the product's own brand: %q", own)
	}
}

func TestPicturesOfTheProgramAreDrawnInColoursOfRoles(t *testing.T) {
	all, err := fs.Glob(assets.Icons(), "*.svg")
	if err != nil || len(all) < 10 {
		t.Fatal(all, err)
	}
	for _, name := range all {
		if err := theme.CheckSVG(assets.Icon(strings.TrimSuffix(name, ".svg"))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// own is the folder of a brand made from the product's own, with replacements.
func own(t *testing.T, replace ...string) fstest.MapFS {
	t.Helper()
	source, err := fs.ReadFile(assets.Brands(), "otklik/brand.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(replace...).Replace(string(source))
	if len(replace) > 0 && changed == string(source) {
		t.Fatalf("%q is not in the brand", replace[0])
	}
	return fstest.MapFS{"brand.yaml": {Data: []byte(changed)}}
}

func TestMistakesInABrandAreNamedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ old, now, want string }{
		"a colour that is none":                       {`ink: "#14202e"`, `ink: "dark"`, `brand.yaml:12:8: colours.ink: "dark" is no colour`},
		"text that is too pale":                       {`ink: "#14202e"`, `ink: "#8a8a8a"`, `brand.yaml:12:8: colours.ink: on paper its contrast is 3.2`},
		"a key that sinks into the screen that waits": {`tint: "#e3edf8"`, `tint: "#2f6fb0"`, `brand.yaml:19:9: colours.tint: on hero-top its contrast is 1.36:1; at least 3.0:1 is needed, of it or of accent`},
		"an outline that sinks into a pressed key":    {`  edge: "#7a8591"`, `  edge: "#808b97"`, `brand.yaml:14:9: colours.edge: on tint its contrast is 2.9`},
		"a role too few":                              {`  ink: "#14202e"` + "\n", "", `brand.yaml:10:3: colours: no colour for ink`},
		"a role too many":                             {`  ink:`, "  inks: \"#000000\"\n  ink:", `brand.yaml:12:9: colours.inks: no such role`},
		"an unknown key":                              {"attract:", "slogan: Hi\nattract:", `[38:1] unknown field "slogan"`},
		"a language too few":                          {`, tt: "Кадрлар үзәге"`, "", `brand.yaml:2:8: name: nothing in tt`},
		"a language nobody speaks":                    {`tt: "Кадрлар`, `de: "Zentrum", tt: "Кадрлар`, `name.de: not a language of the glass`},
		"a picture that is not":                       {"scene-talk", "scene-tank", `brand.yaml:39:14: attract[0].picture: scene-tank.svg: no picture scene-tank.svg beside brand.yaml nor in the program`},
		"a way out of the folder":                     {"scene-talk", "../../secret", `a picture is called by its name`},
		"a logo that is no path":                      {`d: "M26 54`, `d: "<script>`, `brand.yaml:7:36: logo[1].d: not a path`},
		"a logo in no colour":                         {"stroke: counter", "stroke: pink", `logo[1].stroke: "pink" is no role`},
		"a logo that sinks into its ground":           {`fill: mark`, `fill: track`, `brand.yaml:6:3: logo: it does not show on paper: track, which covers most of it, has a contrast of 1.30:1; a colour that covers a tenth needs 3.0:1`},
		"a logo that sinks at night":                  {`fill: mark`, `fill: accent`, `logo: it does not show on hero-top: accent`},
		"a font that is not there":                    {"attract:", "fonts: {regular: a.ttf, bold: b.ttf}\nattract:", `brand.yaml:38:18: fonts.regular: open a.ttf`},
		"half a font":                                 {"attract:", "fonts: {regular: a.ttf}\nattract:", `both faces are needed`},
		"no YAML at all":                              {"colours:", "colours: [", `brand.yaml: [`},
	} {
		_, err := theme.ReadBrand(own(t, c.old, c.now))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

func TestBrandBringsItsOwnFontAndPictures(t *testing.T) {
	dir := own(t, "attract:", "fonts: {regular: a.ttf, bold: b.ttf}\nattract:", "scene-talk", "ours")
	dir["a.ttf"] = &fstest.MapFile{Data: fynetheme.DefaultTextFont().Content()}
	dir["b.ttf"] = &fstest.MapFile{Data: fynetheme.DefaultTextBoldFont().Content()}
	drawing := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0 L9 9" stroke="%"/></svg>`
	dir["ours.svg"] = &fstest.MapFile{Data: []byte(strings.Replace(drawing, "%", "var(--on-hero, #ff0000)", 1))}
	b, err := theme.ReadBrand(dir)
	if err != nil {
		t.Fatal(err)
	}
	if b.Bold == nil || b.CapHeight < 0.71 || b.CapHeight > 0.72 {
		t.Errorf("a font of %d bytes with capitals of %.3f em", len(b.Bold), b.CapHeight)
	}
	svg, err := b.Picture("ours")
	if err != nil || !strings.Contains(string(b.Palette.Paint(svg)), `stroke="#ffffff"`) {
		t.Errorf("the brand's own picture: %s, %v", b.Palette.Paint(svg), err)
	}
	dir["ours.svg"].Data = []byte(strings.Replace(drawing, "%", "red", 1))
	if _, err := theme.ReadBrand(dir); err == nil || !strings.Contains(err.Error(), "not written as a role") {
		t.Errorf("a picture with colours of its own: %v", err)
	}
	dir["ours.svg"].Data = []byte(strings.Replace(drawing, "%", "var(--accent, #ff0000)", 1))
	if _, err := theme.ReadBrand(dir); err == nil ||
		!strings.Contains(err.Error(), "attract[0].picture: ours.svg: it does not show on hero-top: accent, which covers most of it, has a contrast of 1.00:1") {
		t.Errorf("a picture in the colour of its ground: %v", err)
	}
	delete(dir, "ours.svg")
	dir["b.ttf"].Data = []byte("no font")
	if _, err := theme.ReadBrand(dir); err == nil || !strings.Contains(err.Error(), "fonts.bold: not a TrueType") {
		t.Errorf("a font that is none: %v", err)
	}
}

// A picture of the folder that takes the place of an icon is held to what the icon is held to, on the icon's own ground.
func TestIconsOfABrandAreChecked(t *testing.T) {
	drawing := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="var(--%, #000000)"/></svg>`
	for _, c := range []struct{ icon, role, want string }{
		{"check", "on-accent", ""},
		{"check", "accent", "check.svg: it does not show on accent: accent"},
		{"tick", "good", ""},
		{"tick", "tint", "tick.svg: it does not show on paper: tint"},
		{"ease-left", "secondary", ""},
		{"ease-left", "track", "ease-left.svg: it does not show on quiet: track"},
		{"star-off", "face-2", ""},
		{"unused", "paper", ""},
	} {
		dir := own(t)
		dir[c.icon+".svg"] = &fstest.MapFile{Data: []byte(strings.Replace(drawing, "%", c.role, 1))}
		if _, err := theme.ReadBrand(dir); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s in %s: %v", c.icon, c.role, err)
		}
	}
}

// The icons of the program show on the grounds that those of a brand are checked on.
func TestIconsOfTheProgramShowOnTheirGrounds(t *testing.T) {
	all, err := fs.Glob(assets.Icons(), "*.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range theme.Brands() {
		dir := fstest.MapFS{}
		source, err := fs.ReadFile(assets.Brands(), name+"/brand.yaml")
		if err != nil {
			t.Fatal(err)
		}
		dir["brand.yaml"] = &fstest.MapFile{Data: source}
		for _, icon := range all {
			dir[icon] = &fstest.MapFile{Data: assets.Icon(strings.TrimSuffix(icon, ".svg"))}
		}
		if _, err := theme.ReadBrand(dir); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnknownBrandIsNamed(t *testing.T) {
	if _, err := theme.FindBrand("nobody"); err == nil || !strings.Contains(err.Error(), "otklik, work-of-russia") {
		t.Error(err)
	}
}
