package agent

import (
	"fmt"
	"reflect"
	"testing"

	"otklik/sync/wire"
)

func TestEachReasonIsToldOnceAndNotWithoutBound(t *testing.T) {
	all := []wire.Trouble{{Reason: wire.TroubleCrashed, Count: 3}}
	for _, reason := range []Reason{Storage, Refused, Storage} {
		all = withReason(all, string(reason))
	}
	if want := []wire.Trouble{{Reason: wire.TroubleCrashed, Count: 3}, {Reason: "storage"}, {Reason: "refused"}}; !reflect.DeepEqual(all, want) {
		t.Errorf("told %+v, want %+v", all, want)
	}
	for i := range 2 * wire.MaxTroubles {
		all = withReason(all, fmt.Sprint("reason-", i))
	}
	if len(all) != wire.MaxTroubles {
		t.Errorf("%d troubles are told, at most %d", len(all), wire.MaxTroubles)
	}
}
