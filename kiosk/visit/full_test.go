package visit_test

import (
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

func TestNobodyIsAskedWhileTheDiskIsFull(t *testing.T) {
	s, err := surveys.Load("full.yaml", []byte(`
id: lobby
number: 1
kind: poll
languages: [ru]
title: {ru: "Опрос"}
pages: [{questions: [{code: smile, kind: smiley, text: {ru: "Как вас приняли?"}}]}]
`))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 15, 9, 41, 0, 0, time.UTC)
	room := visit.Config{Surveys: []*surveys.Survey{s}}
	full := room
	full.Full = true
	m := visit.New(room, func() uint64 { return 1 }, now)
	now = now.Add(time.Second)
	m.Handle(visit.Start{}, now)
	m.Configure(full, now)
	if got := m.View(now).Screen; got != visit.Question {
		t.Fatalf("a visit under way was broken off: %s", got)
	}
	now = now.Add(time.Second)
	response := m.Handle(visit.Answer{Value: surveys.Number(3)}, now)
	for range 10 { // a one-question poll waits some seconds for somebody who touched the wrong face
		if response != nil {
			break
		}
		now = m.Deadline(now)
		response = m.Handle(visit.Tick{}, now)
	}
	if response == nil {
		t.Fatalf("no response; on the glass: %+v", m.View(now))
	}
	m.Handle(visit.Saved{}, now)
	now = now.Add(time.Second)
	m.Handle(visit.Finish{}, now)
	now = now.Add(time.Second)
	m.Handle(visit.Start{}, now)
	if got := m.View(now).Screen; got != visit.DiskFull {
		t.Errorf("after the visit: %s", got)
	}
	m.Configure(room, now)
	if got := m.View(now).Screen; got != visit.Attract {
		t.Errorf("with room again: %s", got)
	}
}
