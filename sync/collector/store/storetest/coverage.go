package storetest

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// coverage: what is here is told by ranges, however it came, to a store that watched it come as to one opened later.
func coverage(t *testing.T, p Place) {
	s := openAt(t, p)
	left, right := Enrolled(t, s, "Зал", "Левый"), Enrolled(t, s, "Зал", "Правый")
	of := func(s store.Store, terminal uuid.UUID) store.Coverage {
		t.Helper()
		all, err := s.Coverage(t.Context(), terminal)
		must(t, err)
		if len(all) != 1 || all[0].Terminal != terminal {
			t.Fatalf("coverage of %s: %+v", terminal, all)
		}
		return all[0]
	}
	if c := of(s, left.ID); c.Last != 0 || c.Lacking() != nil || c.Missing() != 0 {
		t.Errorf("before anything: %+v", c)
	}
	unread := store.Arrival{Seq: 4, AnswerID: AnswerID(4), Reason: "seal broken", Raw: []byte{4}}
	mustKeep(t, s, intake(left, Arrival(2, "да"), Arrival(3, "да"), unread, Arrival(9, "да")))
	mustKeep(t, s, intake(right, Arrival(1, "да")))
	_, err := s.Beat(t.Context(), left.ID, wire.Heartbeat{
		Origin: Origin(left.Name), Beat: 1, FirstSeq: 1, LastSeq: 12, Queued: 3,
	}, Now)
	must(t, err)
	want := wire.Ranges{{First: 1, Last: 1}, {First: 5, Last: 8}, {First: 10, Last: 12}}
	c := of(s, left.ID)
	if got := c.Lacking(); !reflect.DeepEqual(got, want) || c.First != 1 || c.Last != 12 || c.Missing() != 5 {
		t.Errorf("lacking %v, %d missing of %+v; want %v, 5", got, c.Missing(), c, want)
	}
	mustKeep(t, s, intake(left, Arrival(1, "да"), Arrival(13, "да")))
	later := openAt(t, p)
	for name, s := range map[string]store.Store{"watching": s, "opened later": later} {
		c := of(s, left.ID)
		if got, want := c.Here, (wire.Ranges{{First: 1, Last: 4}, {First: 9, Last: 9}, {First: 13, Last: 13}}); !reflect.DeepEqual(got, want) || c.Last != 13 {
			t.Errorf("%s: %v to %d, want %v", name, got, c.Last, want)
		}
		if all, err := s.Coverage(t.Context(), uuid.Nil); err != nil || len(all) != 2 {
			t.Errorf("%s: of all %+v, %v", name, all, err)
		}
	}
	// Whatever comes in whatever order, both tell the same as a plain list.
	rapid.Check(t, func(rt *rapid.T) {
		for _, seq := range rapid.SliceOfN(rapid.Uint64Range(1, 40), 1, 6).Draw(rt, "seq") {
			mustKeep(t, s, intake(right, Arrival(seq, "да")))
		}
		here := wire.Ranges{}
		must(t, s.EachResponse(t.Context(), "smiley", 0, func(r *store.Response) error {
			if r.Terminal == right.ID {
				here = here.With(r.Seq)
			}
			return nil
		}))
		if c := of(s, right.ID); !reflect.DeepEqual(c.Here, here) {
			rt.Fatalf("%v, want %v", c.Here, here)
		}
	})
	c = of(openAt(t, p), right.ID)
	if watched := of(s, right.ID); !reflect.DeepEqual(c, watched) {
		t.Errorf("opened later %+v, watching %+v", c, watched)
	}
}

// readAtOnce: however many exports and heartbeats look at what is here at the same time, each of them gets to see it.
func readAtOnce(t *testing.T, p Place) {
	s := openAt(t, p)
	one := Enrolled(t, s, "Зал", "Левый")
	mustKeep(t, s, intake(one, Arrival(1, "да"), Arrival(3, "да")))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	const callers, times = 16, 20
	errs := make([]error, callers)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			for range times {
				_, momentErr := s.Moment(ctx)
				_, coverageErr := s.Coverage(ctx, one.ID)
				errs[i] = errors.Join(errs[i], momentErr, coverageErr)
			}
		})
	}
	all.Wait()
	must(t, errors.Join(errs...))
}
