package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// packer does with a manifest what fyne package -os android does with it, by Fyne's own code.
const packer = `package main

import (
	"bytes"
	"fmt"
	"os"

	"packer/binres"
)

func main() {
	data, err := os.ReadFile(os.Args[1])
	if err == nil {
		var name string
		if name, err = manifestLibName(data); err == nil {
			fmt.Println(name)
			var packed *binres.XML
			if packed, err = binres.UnmarshalXML(bytes.NewReader(data), false, 35); err == nil {
				_, err = packed.MarshalBinary()
			}
		}
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
`

// Nothing here can build a package for Android; its manifest is read and compiled by the code of Fyne's tool, taken from the
// version that the program is built with.
func TestAndroidManifestIsWhatFynePacks(t *testing.T) {
	fyne, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "fyne.io/fyne/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	tool, dir := filepath.Join(strings.TrimSpace(string(fyne)), "cmd/fyne/internal/mobile"), t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module packer\n\ngo 1.22\n")
	write("main.go", packer)
	write("manifest.go", strings.Replace(read(t, filepath.Join(tool, "manifest.go")), "package mobile", "package main", 1))
	sources, _ := filepath.Glob(filepath.Join(tool, "binres", "*.go"))
	for _, source := range sources {
		if name := filepath.Base(source); name != "genarsc.go" && !strings.HasSuffix(name, "_test.go") {
			write("binres/"+name, read(t, source))
		}
	}
	pack := func(manifest string) (string, error) {
		cmd := exec.Command("go", "run", ".", manifest)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	const manifest = "kiosk/AndroidManifest.xml" // beside main, where the tool looks for it
	path, err := filepath.Abs(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if name, err := pack(path); err != nil || name != "kiosk" {
		t.Errorf("the library is %q, %v", name, err)
	}
	text := read(t, manifest)
	write("newer.xml", strings.Replace(text, "android:launchMode", `android:lockTaskMode="if_whitelisted" android:launchMode`, 1))
	if said, err := pack("newer.xml"); err == nil {
		t.Errorf("the tool takes lockTaskMode now (%q): it belongs into the manifest, and tablet.md is to say so", said)
	}
	app := read(t, "../FyneApp.toml")
	value := func(name string) string {
		m := regexp.MustCompile(`(?m)^` + name + `\s*=\s*"?([^"\n]*)"?$`).FindStringSubmatch(app)
		if m == nil {
			t.Fatalf("FyneApp.toml has no %s", name)
		}
		return m[1]
	}
	for _, want := range []string{
		fmt.Sprintf("package=%q", value("ID")), fmt.Sprintf("android:versionName=%q", value("Version")),
		fmt.Sprintf("android:versionCode=%q", value("Build")), fmt.Sprintf("android:label=%q", value("Name")),
		"android.intent.category.HOME",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the manifest has no %s", want)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
