package main

import (
	"context"
	"strconv"
	"time"

	"otklik/kiosk/service"
	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

const (
	unsentFor  = 24 * time.Hour   // answers that wait longer are told of
	sendWithin = 30 * time.Second // after that whoever asked is told what was sent so far
)

// State implements service.Terminal.
func (c *corner) State() service.State {
	now, space := time.Now(), spaceOf(c.dir, c.behind.room)
	s := service.State{Version: version, Clock: now, DiskFree: space.disk.bytes, DiskKnown: space.disk.known}
	room := newRoom(c.dir)
	s.DiskDays, s.DiskDaysKnown = room.days(space)
	told := func(reason, said string, since time.Time) {
		s.Troubles = append(s.Troubles, service.Trouble{Reason: reason, Said: said, Since: since})
	}
	if since, err := c.behind.trouble(); err != nil {
		told(string(agent.Storage), err.Error(), since)
	}
	if t, is := room.trouble(space); is {
		said := ""
		if t.Reason == wire.TroubleDiskSoon {
			said = strconv.FormatUint(t.Count, 10)
		}
		told(t.Reason, said, time.Time{})
	}
	if aside := setAside(c.dir); len(aside) > 0 {
		told(wire.TroubleDamaged, "", outbox.AsideAt(aside[0]))
	}
	if n, first := (&crashFolder{dir: c.dir}).since(c.started); n > 0 {
		told(wire.TroubleCrashed, strconv.Itoa(n), first)
	}
	t := c.behind.get()
	if t == nil {
		return s
	}
	a := t.agent.Status()
	s.Site, s.Name, s.ID, s.Collector, s.Config, s.Surveys = a.Site, a.Name, a.Terminal.String(), a.URL, a.Config, a.Surveys
	s.Offset, s.OffsetKnown = time.Duration(a.Offset)*time.Millisecond, a.OffsetKnown
	s.Stored, s.Safe = a.Stored, a.Safe
	s.LastContact, s.LastUpload, s.Oldest, s.Queued, s.Thanked = a.LastContact, a.LastUpload, a.Oldest, a.Queued, a.LastSeq
	for _, trouble := range a.Troubles {
		told(string(trouble.Reason), trouble.Message, trouble.Since)
	}
	if a.Queued > 0 && now.Sub(a.Oldest) > unsentFor {
		told("unsent", "", a.Oldest)
	}
	if clock := clockStep(a); clock.Reason != "" {
		told(clock.Reason, "", time.Time{})
	}
	return s
}

// Sync implements service.Terminal. Nobody answers a survey meanwhile, so what leaves the queue was acknowledged.
func (c *corner) Sync(ctx context.Context) service.Sent {
	t := c.behind.get()
	if t == nil {
		_, err := c.behind.trouble()
		if err == nil {
			err = agent.ErrNotEnrolled
		}
		return service.Sent{Trouble: &service.Trouble{Reason: string(agent.Storage), Said: err.Error()}}
	}
	before := t.agent.Status()
	late := time.NewTimer(sendWithin)
	defer late.Stop()
	tried := false
	select {
	case <-t.agent.SyncNow():
		tried = true
	case <-late.C:
	case <-ctx.Done():
	}
	return sent(before, t.agent.Status(), tried)
}

// sent is what came of sending, by how the terminal stood before and stands now. Whether it was tried to the end decides
// whether a trouble is this try's.
func sent(before, now agent.Status, tried bool) service.Sent {
	s := service.Sent{Left: now.Queued, Heard: now.LastContact.After(before.LastContact)}
	if before.Queued > now.Queued {
		s.Answers = before.Queued - now.Queued
	}
	if !tried {
		return s
	}
	for _, t := range now.Troubles {
		switch t.Area {
		case agent.UploadArea, agent.RecordsArea, agent.OutboxArea, agent.StorageArea, agent.HeartbeatArea:
			s.Trouble = &service.Trouble{Reason: string(t.Reason), Said: t.Message, Since: t.Since}
			return s
		}
	}
	return s
}
