package stat

import "testing"

// The numbers that draw inside of blocks are SplitMix64's: those that its authors' code gives from state 0.
func TestScrambleIsSplitMix64(t *testing.T) {
	t.Parallel()
	var state uint64
	for i, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec} {
		if state += weyl; scramble(state) != want {
			t.Errorf("number %d is %#x, want %#x", i, scramble(state), want)
		}
	}
}
