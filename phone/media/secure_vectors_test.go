package media

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pion/rtp"

	"svara/phone/sdp"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// derive is the key derivation of RFC 3711 4.3.1 with rate 0, for AES keys of either length (RFC 6188 2); RFC 7714 11
// fills its shorter salt with zeros.
func derive(t testing.TB, label byte, key, salt []byte, n int) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	iv := make([]byte, 16)
	copy(iv, salt)
	iv[7] ^= label
	out := make([]byte, n)
	cipher.NewCTR(block, iv).XORKeyStream(out, out)
	return out
}

// gcm and counter are the two transforms of an RTP packet with session keys: RFC 7714 8 and RFC 3711 4.1.1, 4.2.
func gcm(t testing.TB, key, salt, packet []byte, roc uint32) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	iv := append([]byte{0, 0}, packet[8:12]...)
	iv = binary.BigEndian.AppendUint32(iv, roc)
	iv = append(iv, packet[2:4]...)
	for i := range iv {
		iv[i] ^= salt[i]
	}
	return aead.Seal(bytes.Clone(packet[:12]), iv, packet[12:], packet[:12])
}

func counter(t testing.TB, key, salt, auth, packet []byte, roc uint32, tag int) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	iv := make([]byte, 16)
	copy(iv, salt)
	for i := range 4 {
		iv[4+i] ^= packet[8+i]
		iv[8+i] ^= byte(roc >> (24 - 8*i))
	}
	iv[12] ^= packet[2]
	iv[13] ^= packet[3]
	out := bytes.Clone(packet)
	cipher.NewCTR(block, iv).XORKeyStream(out[12:], out[12:])
	mac := hmac.New(sha1.New, auth)
	mac.Write(out)
	mac.Write(binary.BigEndian.AppendUint32(nil, roc))
	return append(out, mac.Sum(nil)[:tag]...)
}

// The reference above against the vectors of RFC 3711 B.3, RFC 6188 7.2 and RFC 7714 16.1 and 16.2.
func TestReferenceAgainstVectors(t *testing.T) {
	for name, v := range map[string]struct{ key, salt, cipherKey, cipherSalt, auth string }{
		"RFC 3711 B.3": {"E1F97A0D3E018BE0D64FA32C06DE4139", "0EC675AD498AFEEBB6960B3AABE6", "C61E7A93744F39EE10734AFE3FF7A087",
			"30CBBC08863D8C85D49DB34A9AE1", "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"},
		"RFC 6188 7.2": {"f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6", "3b04803de51ee7c96423ab5b78d2",
			"5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4", "fa31791685ca444a9e07c6c64e93", "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"},
	} {
		key, salt := unhex(t, v.key), unhex(t, v.salt)
		for label, want := range map[byte]string{0: v.cipherKey, 1: v.auth, 2: v.cipherSalt} {
			if got := derive(t, label, key, salt, len(want)/2); !bytes.Equal(got, unhex(t, want)) {
				t.Errorf("%s, label %d: %x", name, label, got)
			}
		}
	}
	packet := unhex(t, `8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573`)
	salt := unhex(t, "51756964 2070726f 2071756f")
	key := unhex(t, "00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f")
	for n, want := range map[int]string{
		16: `8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce`,
		32: `8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13`,
	} {
		if got := gcm(t, key[:n], salt, packet, 0); !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("RFC 7714 16, %d bits: %x", n*8, got)
		}
	}
}

func keyOf(letter byte, suite sdp.Suite) sdp.Crypto {
	key, salt := suite.Lengths()
	return sdp.Crypto{Tag: 1, Suite: suite, Key: sdp.Key(bytes.Repeat([]byte{letter}, key+salt))}
}

// Every suite's packets are the reference's, over two rounds of the sequence number, and come back from it.
func TestSuitesAgainstReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, suite := range sdp.Suites {
		c := keyOf(7, suite)
		out, err := newSealer(c)
		if err != nil {
			t.Fatal(err)
		}
		in, err := newOpener(c)
		if err != nil {
			t.Fatal(err)
		}
		n, m := suite.Lengths()
		master := []byte(string(c.Key))
		key, salt := derive(t, 0, master[:n], master[n:], n), derive(t, 2, master[:n], master[n:], m)
		auth := derive(t, 1, master[:n], master[n:], 20)
		header := rtp.Header{}
		first := 40000
		for i := first; i < first+2<<16; i += 1 + random.IntN(200) {
			packet := make([]byte, 12+random.IntN(400))
			for j := range packet {
				packet[j] = byte(random.Uint32())
			}
			packet[0], packet[1] = 0x80, 8
			binary.BigEndian.PutUint16(packet[2:], uint16(i))
			binary.BigEndian.PutUint32(packet[8:], 0xcafebabe)
			var want []byte
			switch suite {
			case sdp.GCM128, sdp.GCM256:
				want = gcm(t, key, salt, packet, uint32(i>>16))
			case sdp.AES128Tag32, sdp.AES256Tag32:
				want = counter(t, key, salt, auth, packet, uint32(i>>16), 4)
			default:
				want = counter(t, key, salt, auth, packet, uint32(i>>16), 10)
			}
			got, err := out.rtp.EncryptRTP(nil, packet, &header)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%s, packet %d: %v\n%x, want\n%x", suite, i, err, got, want)
			}
			back, err := in.rtp.DecryptRTP(nil, want, &header)
			if err != nil || !bytes.Equal(back, packet) {
				t.Fatalf("%s, packet %d comes back as %x, %v", suite, i, back, err)
			}
			if _, err := in.rtp.DecryptRTP(nil, want, &header); err == nil {
				t.Fatalf("%s, packet %d is taken twice", suite, i)
			}
		}
	}
}

// A packet is encrypted and decrypted in less than 2 µs, without allocation.
func BenchmarkSuites(b *testing.B) {
	for _, suite := range sdp.Suites {
		b.Run(string(suite), func(b *testing.B) {
			out, err := newSealer(keyOf(7, suite))
			if err != nil {
				b.Fatal(err)
			}
			in, err := newOpener(keyOf(7, suite))
			if err != nil {
				b.Fatal(err)
			}
			plain, sealed, opened := make([]byte, 12+160), make([]byte, 256), make([]byte, 256)
			plain[0] = 0x80
			header := rtp.Header{}
			seq := uint16(0)
			b.ReportAllocs()
			for b.Loop() {
				seq++
				binary.BigEndian.PutUint16(plain[2:], seq)
				data, err := out.rtp.EncryptRTP(sealed[:0], plain, &header)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := in.rtp.DecryptRTP(opened[:0], data, &header); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
