//go:build !cgo

package checksum

const engine = "go"

func sum(data []byte) uint32 {
	total := uint32(17)
	for _, b := range data {
		total = total*31 + uint32(b)
	}
	return total
}
