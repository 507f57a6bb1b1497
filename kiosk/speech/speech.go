// Package speech reads texts aloud with a program of the machine: espeak-ng, else spd-say of speech-dispatcher. A text goes
// to the program by its standard input, where no other user of the machine sees it, and is kept no longer than it is read.
package speech

import (
	"context"
	"errors"
	"log/slog"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Config says how texts are read.
type Config struct {
	// Headphones keeps silent while no headphones are known to be plugged in.
	Headphones bool
	// Every is how often the plug of the headphones is looked at while a text is to be read; default 500 ms.
	Every time.Duration
}

// ErrNoVoice says that the machine has no program that reads aloud.
var ErrNoVoice = errors.New("nothing here reads aloud: install speech-dispatcher or espeak-ng")

// Voice reads one text at a time. Its methods return at once and may be called from anywhere.
type Voice struct {
	cfg   Config
	reads map[string]program // by language

	mu     sync.Mutex
	cancel context.CancelFunc // ends what is being read
	done   chan struct{}      // is closed when it has ended
}

// program is one that reads aloud.
type program struct {
	name   string
	voices []string // the arguments that list its voices
	// column is where that list has the language, from its end if negative.
	column int
	read   func(language string) []string
	// hush are the arguments that silence what goes on after the program was ended; nil where nothing does.
	hush []string
}

// programs are the likeliest to be heard first: espeak-ng ends with its process, speech-dispatcher needs a session of its own.
var programs = []program{
	{
		name: "espeak-ng", voices: []string{"--voices"}, column: 1,
		read: func(language string) []string { return []string{"-v", language, "-s", "150", "--stdin"} },
	},
	{
		name: "spd-say", voices: []string{"-L"}, column: -2, hush: []string{"-C"},
		read: func(language string) []string { return []string{"-w", "-e", "-l", language} },
	},
}

// Find looks for programs and asks them for their voices, which may take some seconds. ErrNoVoice when there is none.
func Find(ctx context.Context, cfg Config) (*Voice, error) {
	if cfg.Every <= 0 {
		cfg.Every = 500 * time.Millisecond
	}
	v := &Voice{cfg: cfg, reads: map[string]program{}, cancel: func() {}, done: make(chan struct{})}
	close(v.done)
	for _, p := range programs {
		for _, language := range p.languages(ctx) {
			if _, has := v.reads[language]; !has {
				v.reads[language] = p
			}
		}
	}
	if len(v.reads) == 0 {
		return nil, ErrNoVoice
	}
	return v, nil
}

// languages are those that a program has a voice for; none where it is not installed or does not answer.
func (p program) languages(ctx context.Context) (all []string) {
	for _, line := range strings.Split(ask(ctx, p.name, p.voices...), "\n") {
		words := strings.Fields(line)
		at := p.column
		if at < 0 {
			at += len(words)
		}
		if at < 0 || at >= len(words) {
			continue
		}
		language, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(words[at]), "_", "-"), "-")
		all = append(all, language)
	}
	return all
}

// askFor is how long a program is waited for that is asked something.
const askFor = 5 * time.Second

// ask returns what a program prints, in English; "" when it fails.
func ask(ctx context.Context, name string, args ...string) string {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Env = append(c.Environ(), "LC_ALL=C")
	c.WaitDelay = time.Second
	out, err := c.Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// Speaks reports whether there is a voice for a language, such as "tt".
func (v *Voice) Speaks(language string) bool {
	_, ok := v.reads[language]
	return ok
}

// Headphones reports whether it is heard in headphones alone.
func (v *Voice) Headphones() bool { return v.cfg.Headphones }

// Say reads a text in place of the one being read. In a language without a voice it only ends that one.
func (v *Voice) Say(language, text string) {
	p, ok := v.reads[language]
	text = strings.Join(strings.Fields(text), " ")
	// spd-say takes a line that begins so for a command
	if text = strings.TrimLeft(text, "!- "); !ok || text == "" {
		v.Stop()
		return
	}
	v.turn(func(ctx context.Context) { v.read(ctx, p, language, text+"\n") })
}

// Stop ends what is being read.
func (v *Voice) Stop() { v.turn(func(context.Context) {}) }

// Close ends what is being read and waits until it is silent.
func (v *Voice) Close() {
	v.Stop()
	v.mu.Lock()
	done := v.done
	v.mu.Unlock()
	<-done
}

// turn ends what is going on and does what comes next when that is silent.
func (v *Voice) turn(next func(context.Context)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.cancel()
	before, done := v.done, make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	v.cancel, v.done = cancel, done
	go func() {
		defer close(done)
		defer cancel()
		if <-before; ctx.Err() == nil {
			next(ctx)
		}
	}()
}

// read reads a text to its end. Where headphones are wanted it waits for them; when they are pulled out it stops, and begins
// anew once they are back.
func (v *Voice) read(ctx context.Context, p program, language, text string) {
	for ctx.Err() == nil {
		if v.cfg.Headphones && !v.await(ctx, true) {
			return
		}
		reading, end := context.WithCancel(ctx)
		if v.cfg.Headphones {
			go func() {
				if v.await(reading, false) {
					end()
				}
			}()
		}
		err := p.run(reading, language, text)
		pulled := reading.Err() != nil
		end()
		if pulled {
			continue
		}
		if err != nil {
			slog.Warn("reading aloud failed; does this user hear any sound of the machine?", "program", p.name, "err", err)
		}
		return
	}
}

// await returns true when headphones are plugged in, or are not, and false when the context ends before.
func (v *Voice) await(ctx context.Context, plugged bool) bool {
	for {
		if is := Plugged(ctx); ctx.Err() != nil {
			return false
		} else if is == plugged {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(v.cfg.Every):
		}
	}
}

// run has a program read a text. When the context ends it is silenced.
func (p program) run(ctx context.Context, language, text string) error {
	c := exec.CommandContext(ctx, p.name, p.read(language)...)
	c.Stdin = strings.NewReader(text)
	c.WaitDelay = time.Second
	err := c.Run()
	if ctx.Err() != nil && p.hush != nil {
		ask(context.WithoutCancel(ctx), p.name, p.hush...)
	}
	return err
}
