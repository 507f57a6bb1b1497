// Command glass runs the real terminal program on virtual displays and measures or torments it from outside:
//
//	glass bench   times of touches and of the start, memory, beside an empty window and survey-js-ui in Chromium
//	glass soak    thousands of visits; memory, files and goroutines stay flat
//	glass idle    the processor's share of the attract screen beside an empty window's
//	glass monkey  random touches, keys and window managers' messages from a seed
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"otklik/glass/rig"
)

// torment runs the monkey or a log of one, and judges the run. Thirty thousand events press every chord there is.
func torment(r *rig.Rig, seed uint64, events int, log, again string) error {
	var report *monkeyReport
	if again != "" {
		f, err := os.Open(again)
		if err != nil {
			return err
		}
		defer f.Close()
		report, err = replay(r, f)
		fmt.Print(report.table())
		if err != nil {
			return err
		}
		return report.judge(0)
	}
	var to io.Writer
	if log != "" {
		f, err := os.Create(log)
		if err != nil {
			return err
		}
		defer f.Close()
		to = f
	}
	report, err := monkey(r, seed, events, to)
	fmt.Print(report.table())
	if err != nil {
		return err
	}
	return report.judge(min(allChords, events*allChords/20_000))
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: glass bench|soak|idle|monkey [flags]")
		os.Exit(2)
	}
	flags := flag.NewFlagSet("glass "+os.Args[1], flag.ExitOnError)
	root := flags.String("root", "../..", "the product's tree")
	visits := flags.Int("visits", 20_000, "soak: how many")
	span := flags.Duration("span", time.Minute, "idle: how long to measure")
	events := flags.Int("events", 30_000, "monkey: how many")
	seed := flags.Uint64("seed", 1, "monkey: where its dice begin; it aims at what it sees, so only --replay does the same again")
	log := flags.String("log", "", "monkey: file to write everything to that was done")
	again := flags.String("replay", "", "monkey: do what stands in such a file")
	cache := flags.String("cache", "", "bench: folder for survey-js-ui; the user's cache folder when not given")
	_ = flags.Parse(os.Args[2:])
	r, err := rig.New(*root)
	if err == nil {
		switch os.Args[1] {
		case "bench":
			err = printBench(r, *cache)
		case "soak":
			var report soakReport
			report, err = soak(r, *visits, max(1, *visits/400))
			fmt.Print(report.table())
			if err == nil {
				err = report.judge(*visits/10, 0.1)
			}
		case "idle":
			var report idleReport
			report, err = idle(r, *span)
			fmt.Printf("attract screen %.2f %% of a core, empty window %.2f %%, difference %+.2f %% (aim: at most +0.3)\n",
				report.Attract*100, report.Empty*100, (report.Attract-report.Empty)*100)
			if err == nil {
				err = report.judge()
			}
		case "monkey":
			err = torment(r, *seed, *events, *log, *again)
		default:
			err = fmt.Errorf("there is no glass %s", os.Args[1])
		}
	}
	r.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, "glass:", err)
		os.Exit(1)
	}
}
