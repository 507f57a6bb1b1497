package agent

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"otklik/sync/disk"
	"otklik/sync/wire"
)

const maxProblemRunes = 1000 // in a heartbeat

// heartbeat says how the terminal is, and learns the collector's time and what the centre decided.
func (a *Agent) heartbeat(ctx context.Context) {
	beat := a.makeBeat()
	body, err := wire.Encode(beat)
	var reply wire.HeartbeatReply
	if err == nil {
		reply, err = a.exchangeBeat(ctx, &beat, body)
	}
	if err != nil {
		if a.isRevoked(ctx, asFailure(err), body) {
			a.revoke(a.config.Clock().UTC())
		}
		a.failed(ctx, HeartbeatArea, &a.beats, err)
		return
	}
	now := time.Now()
	a.lastBeat = now
	a.beats.succeed(now.Add(beatEvery - jitter(beatSpread, a.config.Rand)))
	a.board.trouble(HeartbeatArea, nil)
	a.see(ctx, &reply)
	a.sealAlsoFor(reply.EscrowKey, reply.Time)
	switch {
	case !reply.Stale:
		a.counter.behind = 0
		a.config.Told(beat)
	case a.counter.raise(reply.Time): // nobody took note of it
		a.beats.due = now.Add(quickEvery)
	}
	if a.uploads.waiting && a.uploads.lostWay {
		a.uploads.wake(now)
	}
	a.rate = max(0, reply.Config.Rate) // of every reply: it may change with the hour, without a new version
	a.follow(ctx, reply.Config)
	if ctx.Err() == nil {
		a.revoke(time.Time{}) // last: one that may only send what it has is told so by its configuration
	}
}

// isRevoked reports whether the collector itself refused this very heartbeat because the terminal was revoked.
func (a *Agent) isRevoked(ctx context.Context, f *Failure, body []byte) bool {
	var r wire.Revocation
	return f.Code == "revoked" && len(f.proof) > 0 && a.open(ctx, wire.RevocationContext, f.proof, &r) == nil &&
		r.Terminal == a.config.Identity.Terminal && r.Request == sha256.Sum256(body)
}

// revoke notes since when the terminal is revoked, or with the zero time that it is not.
func (a *Agent) revoke(since time.Time) {
	if was := a.board.read().Revoked; was.IsZero() == since.IsZero() {
		return
	}
	a.board.change(func(s *Status) { s.Revoked = since })
	a.config.OnRevoked(!since.IsZero())
}

func (a *Agent) makeBeat() wire.Heartbeat {
	var h wire.Heartbeat
	a.config.Describe(&h)
	a.board.queue(a.config.Outbox) // a terminal whose disk fails has all the more to say
	s := a.board.read()
	for _, t := range s.Troubles {
		if t.Area != HeartbeatArea {
			h.Problem = join(h.Problem, t.String())
			h.Troubles = withReason(h.Troubles, string(t.Reason))
		}
	}
	if runes := []rune(strings.ToValidUTF8(h.Problem, "")); len(runes) > maxProblemRunes {
		h.Problem = string(runes[:maxProblemRunes])
	} else {
		h.Problem = string(runes)
	}
	var err error
	if h.Beat, err = a.counter.next(); err != nil {
		a.board.trouble(StorageArea, storageFailure("the count of heartbeats cannot be kept", err))
	}
	h.Origin = a.config.Outbox.Origin()
	h.Version = a.config.Version
	h.Time = a.config.Clock().UTC()
	h.Queued, h.Oldest, h.FirstSeq, h.LastSeq = s.Queued, s.Oldest, s.FirstSeq, s.LastSeq
	h.Kept, h.Filled = wire.Kept{Stored: s.Stored, Safe: s.Safe, Again: s.Again}, s.Filled
	h.Surveys, h.Config = a.held.refs(), a.held.config.Version
	return h
}

// withReason adds a trouble that is not told of yet.
func withReason(all []wire.Trouble, reason string) []wire.Trouble {
	told := func(t wire.Trouble) bool { return t.Reason == reason }
	if len(all) >= wire.MaxTroubles || slices.ContainsFunc(all, told) {
		return all
	}
	return append(all, wire.Trouble{Reason: reason})
}

// exchangeBeat sends a heartbeat and returns the reply to it. The clock's offset is measured on the way.
func (a *Agent) exchangeBeat(ctx context.Context, beat *wire.Heartbeat, body []byte) (wire.HeartbeatReply, error) {
	sent := time.Now()
	data, err := a.client.post(ctx, wire.PathHeartbeat, body)
	if err != nil {
		return wire.HeartbeatReply{}, err
	}
	wall, trip := a.config.Clock(), time.Since(sent)
	var reply wire.HeartbeatReply
	if err := a.open(ctx, wire.HeartbeatContext, data, &reply); err != nil {
		return wire.HeartbeatReply{}, err
	}
	if reply.Origin != beat.Origin || reply.Beat != beat.Beat {
		return wire.HeartbeatReply{}, &Failure{
			Reason: WrongReply, Message: "the reply is to another heartbeat than the one that was sent",
			Hint: "does a proxy or cache before the collector keep replies? It must not",
		}
	}
	// The collector wrote its time about half the trip ago. The trip is measured by the clock that cannot be set.
	offset := reply.Time.Add(trip / 2).Sub(wall).Milliseconds()
	now := wall.UTC()
	a.measured.Store(&measured{offset: time.Duration(offset) * time.Millisecond, wall: wall.Round(0), at: time.Now()})
	a.board.change(func(s *Status) { s.LastContact, s.Offset, s.OffsetKnown = now, offset, true })
	return reply, nil
}

// measured is the clock's offset, and when that was, by the wall clock and by the one that cannot be set.
type measured struct {
	offset   time.Duration
	wall, at time.Time
	jumped   atomic.Bool // it was seen that the wall clock jumped since
}

// jumpLeast is how far the wall clock may part from the other one until its offset counts as unknown.
const jumpLeast = 10 * time.Second

// Offset is collector time minus terminal time as last measured, and whether it holds: it was measured since the program
// started, and the wall clock was not set since then. Any goroutine may call it.
func (a *Agent) Offset() (time.Duration, bool) {
	m := a.measured.Load()
	if m == nil {
		return 0, false
	}
	if apart := a.config.Clock().Round(0).Sub(m.wall) - time.Since(m.at); apart.Abs() > jumpLeast {
		if m.jumped.CompareAndSwap(false, true) {
			a.log.Info("the clock was set: its offset is measured again", "by", apart.Round(time.Second))
			a.SyncNow()
		}
		return 0, false
	}
	return m.offset, true
}

func join(text, more string) string {
	if text == "" {
		return more
	}
	return text + "; " + more
}

// beatReserve is how many beats are marked as used on the disk at once, so that the disk is written to about once a day.
const beatReserve = 1000

// beatCounter gives out rising numbers, over restarts too. It starts no lower than the seconds of the wall clock, so that a
// terminal whose file was lost, or whose disk was copied back, is mostly above what the collector saw of it. Where it is not,
// as with a clock of 1970 or after a thousand restarts in a row, the collector says so: see raise.
type beatCounter struct {
	path  string
	clock func() time.Time
	log   *slog.Logger

	last     uint64 // given out
	reserved uint64 // the file says: all up to here may have been given out
	behind   uint64 // by how much it was raised last, while that was not enough
}

// raise goes on higher up, after the collector said that the last number was none for it: at the seconds of its clock, and
// then twice as far each time, so that wherever the collector's last one is, it is passed soon. It returns false where there
// is no higher one.
func (c *beatCounter) raise(collector time.Time) bool {
	to := uint64(max(collector.Unix(), 0))
	if c.behind == 0 && to > c.last {
		c.last, c.behind = to, beatReserve
		return true
	}
	c.behind = min(max(2*c.behind, beatReserve), 1<<62)
	if c.last >= 1<<62 {
		return false
	}
	c.last = min(c.last+c.behind, 1<<62)
	return true
}

// beatMark begins the file with the count; programs before it wrote the number alone.
const beatMark = "otklik-beat/1 "

func parseBeat(data []byte) (uint64, error) {
	return strconv.ParseUint(strings.TrimPrefix(strings.TrimSpace(string(data)), beatMark), 10, 63)
}

// next returns the next number. With an error the number is good for now but may not be remembered.
func (c *beatCounter) next() (uint64, error) {
	if c.last == 0 {
		if data, err := os.ReadFile(c.path); err == nil {
			if c.last, err = parseBeat(data); err != nil {
				c.log.Warn("the count of heartbeats was damaged; it goes on from the clock", "file", c.path, "error", err)
			}
		} else if !os.IsNotExist(err) {
			c.log.Warn("the count of heartbeats cannot be read; it goes on from the clock", "file", c.path, "error", err)
		}
		c.last = max(c.last, uint64(max(c.clock().Unix(), 0)))
	}
	c.last++
	if c.last <= c.reserved {
		return c.last, nil
	}
	reserve := c.last + beatReserve
	if err := disk.Replace(c.path, fmt.Appendf(nil, "%s%d\n", beatMark, reserve), 0o600); err != nil {
		return c.last, err
	}
	c.reserved = reserve
	return c.last, nil
}

func newBeatCounter(dir string, clock func() time.Time, log *slog.Logger) beatCounter {
	return beatCounter{path: filepath.Join(dir, beatFile), clock: clock, log: log}
}
