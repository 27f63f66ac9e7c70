package scalars

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // the formats that browsers display
	_ "image/jpeg"
	_ "image/png"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Image returns the content of an event file with one image. The image is the content of a GIF, JPEG or PNG file.
func Image(tag string, file []byte, at time.Time) ([]byte, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	const gray, rgb, rgba = 1, 3, 4
	space := uint64(rgba)
	switch config.ColorModel {
	case color.GrayModel, color.Gray16Model:
		space = gray
	case color.YCbCrModel:
		space = rgb
	}
	var img []byte
	for i, n := range []uint64{uint64(config.Height), uint64(config.Width), space} {
		img = protowire.AppendVarint(protowire.AppendTag(img, protowire.Number(1+i), protowire.VarintType), n)
	}
	img = appendMessage(img, 4, file)
	value := appendMessage(appendMessage(nil, 1, []byte(tag)), 4, img)
	return appendRecord(appendRecord(nil, versionEvent(at)), summaryEvent(at, 0, value)), nil
}
