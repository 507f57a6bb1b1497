package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"otklik/glass/rig"
	"otklik/glass/x11"
)

// surveyJSVersion of survey-core and survey-js-ui is what the kiosk is compared with.
const surveyJSVersion = "2.5.38"

// surveyJS makes a page with the twenty questions, one a page, that goes on by itself as the kiosk does. What is missing for
// it is told in words, with no page. The packages stay in a cache folder outside the tree.
func surveyJS(r *rig.Rig, cache string) (page, missing string) {
	for _, program := range []string{"chromium", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", program + " is not installed"
		}
	}
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return "", err.Error()
		}
		cache = filepath.Join(dir, "otklik", "survey-js-"+surveyJSVersion)
	}
	modules := filepath.Join(cache, "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "survey-js-ui", "survey-js-ui.min.js")); err != nil {
		if err := os.MkdirAll(cache, 0o755); err != nil {
			return "", err.Error()
		}
		install := exec.Command("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", cache,
			"survey-core@"+surveyJSVersion, "survey-js-ui@"+surveyJSVersion)
		if out, err := install.CombinedOutput(); err != nil {
			return "", fmt.Sprintf("npm install: %v: %s", err, out)
		}
	}
	var survey struct {
		Pages []struct {
			Questions []struct {
				Code    string
				Text    map[string]string
				Choices []struct {
					Code string
					Text map[string]string
				}
			}
		}
	}
	source, err := os.ReadFile("testdata/twenty.json")
	if err == nil {
		err = json.Unmarshal(source, &survey)
	}
	if err != nil {
		return "", err.Error()
	}
	type m = map[string]any
	var pages []m
	for _, p := range survey.Pages {
		q := p.Questions[0]
		var choices []m
		for _, c := range q.Choices {
			choices = append(choices, m{"value": c.Code, "text": c.Text["ru"]})
		}
		pages = append(pages, m{"elements": []m{{
			"type": "radiogroup", "name": q.Code, "title": q.Text["ru"], "isRequired": true, "choices": choices,
		}}})
	}
	model, _ := json.Marshal(m{"pages": pages, "autoAdvanceEnabled": true, "autoAdvanceAllowComplete": true, "showProgressBar": true})
	// The window's name tells where to touch: while it learns, and only then, a script asks for it.
	html := strings.NewReplacer("MODULES", "file://"+modules, "MODEL", string(model)).Replace(`<!doctype html>
<meta charset="utf-8"><title>loading</title>
<link rel="stylesheet" href="MODULES/survey-core/survey-core.fontless.min.css">
<script src="MODULES/survey-core/survey.core.min.js"></script>
<script src="MODULES/survey-js-ui/survey-js-ui.min.js"></script>
<body style="margin:0"><div id="root"></div><script>
Survey.settings.animationEnabled = false;
Survey.settings.autoAdvanceDelay = 0; // 300 ms else, on purpose
function start() {
  const survey = new Survey.Model(MODEL);
  if (location.hash === "#learn") {
    const tell = () => setTimeout(() => {
      const item = document.querySelector(".sd-item");
      if (!item || !survey.currentPage) return;
      const r = item.getBoundingClientRect();
      document.title = [survey.currentPage.elements[0].name, Math.round(r.x + r.height / 2), Math.round(r.y + r.height / 2)].join(" ");
    }, 200);
    survey.onAfterRenderPage.add(tell);
    survey.onCurrentPageChanged.add(tell);
  }
  survey.onComplete.add(() => start());
  survey.render(document.getElementById("root"));
}
start();
</script>
`)
	page = filepath.Join(r.Dir, "survey.html")
	if err := os.WriteFile(page, []byte(html), 0o644); err != nil {
		return "", err.Error()
	}
	return "file://" + page, ""
}

// chromiumAsks learns the script on the page; the second result is what tells that the first question is there.
func chromiumAsks(r *rig.Rig, page string, d *rig.Display) (*asked, x11.Picture, error) {
	a := &asked{display: d}
	open := func(url string) (int, func(), error) {
		profile, err := os.MkdirTemp(r.Dir, "chromium-")
		if err != nil {
			return 0, nil, err
		}
		args := []string{
			"--kiosk", "--no-first-run", "--no-default-browser-check", "--disable-translate", "--disable-features=Translate",
			"--password-store=basic", "--user-data-dir=" + profile, fmt.Sprintf("--window-size=%d,%d", d.Width, d.Height),
			"--window-position=0,0", "--allow-file-access-from-files",
		}
		if os.Getuid() == 0 {
			args = append(args, "--no-sandbox", "--test-type") // Chromium refuses root else, and warns over the page
		}
		return r.Program(d, "chromium", append(args, url)...)
	}
	a.open = func() (int, func(), error) { return open(page) }
	none, err := d.LookAll()
	if err != nil {
		return nil, none, err
	}
	_, end, err := open(page + "#learn")
	if err != nil {
		return nil, none, err
	}
	defer end()
	told := func(question string) (x, y int, err error) {
		for end := time.Now().Add(rig.Patience); time.Now().Before(end); {
			for _, w := range d.Titled() {
				if _, e := fmt.Sscanf(w, question+" %d %d", &x, &y); e == nil {
					return x, y, d.Settle(500 * time.Millisecond)
				}
			}
			if err := d.Settle(100 * time.Millisecond); err != nil {
				return 0, 0, err
			}
		}
		return 0, 0, fmt.Errorf("the page did not tell where the answers of %s are", question)
	}
	x, y, err := told("q01")
	if err != nil {
		return nil, none, err
	}
	start, err := d.LookAll()
	if err != nil {
		return nil, none, err
	}
	first, _ := start.Part(0, 0, d.Width, d.Height/2).Sign(none.Part(0, 0, d.Width, d.Height/2), 128, 32)
	before := start
	for n := 2; ; n++ {
		s, err := learn(d, x, y, before)
		if err != nil {
			return nil, none, fmt.Errorf("question %d: %w", n-1, err)
		}
		if n == 21 { // the survey begins again, perhaps with the pointer elsewhere than at its start
			a.finish = func(int) error { _, err := a.tap(s); return err }
			break
		}
		a.steps, before = append(a.steps, s), s.full
		if x, y, err = told(fmt.Sprintf("q%02d", n)); err != nil {
			return nil, none, err
		}
	}
	return a, first, nil
}
