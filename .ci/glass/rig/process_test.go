package rig_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"otklik/glass/rig"
)

// A helper of the glass that ended is part of what the glass took: it may not be taken off it.
func TestWorkOfAChildThatEndedStaysCounted(t *testing.T) {
	cmd := exec.Command("sh", "-c", `read go; sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo worked; read go'; echo ended; read go`)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	step := func(says string) time.Duration {
		t.Helper()
		if _, err := in.Write([]byte("go\n")); err != nil {
			t.Fatal(err)
		}
		heard := make([]byte, 64)
		n, err := out.Read(heard)
		if err != nil || string(heard[:n]) != says+"\n" {
			t.Fatalf("the child said %q, %v", heard[:n], err)
		}
		took, err := rig.CPU(cmd.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		return took
	}
	alive := step("worked")
	if alive == 0 {
		t.Fatal("the child took no time: nothing is shown")
	}
	if after := step("ended"); after < alive {
		t.Errorf("with the child %v, after its end %v", alive, after)
	}
	if _, err := rig.CPU(os.Getpid()); err != nil {
		t.Error(err)
	}
}
