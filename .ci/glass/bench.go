package main

import "otklik/glass/rig"

func printBench(*rig.Rig, string) error { return nil }
