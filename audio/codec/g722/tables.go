package g722

// The tables of ITU-T G.722 (09/2012), numbered as there.

// qmf is the even half of the quadrature mirror filter's 24 coefficients (table 4), times 2^13; the odd half is its mirror
// image.
var qmf = [12]int{3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11}

// Lower band, quantizer of 60 levels (tables 14 and 15): decision levels of the magnitude for a step of 1/8, and the code
// words of the intervals between them, for negative and positive differences.
var (
	q6 = [30]int{
		0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650,
		714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
	}
	lowNegative = [31]byte{
		0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19,
		18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4,
	}
	lowPositive = [31]byte{
		0, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47,
		46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32,
	}
)

// Lower band, what a code word means (tables 16 and 18): qm6 by all its six bits, for the sound; qm4 by the upper four, for
// the predictor of both sides, which so stays the same when an exchange has taken the lower bits for data.
var (
	qm6 = [64]int{
		-136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
		-7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
		24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
		4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
	}
	qm4 = [16]int{0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0}
)

// lowStep is how much a code word's upper four bits change the logarithm of the lower band's step (tables 17 and 19 in one).
var lowStep = [16]int{-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60}

// Higher band, two bits (tables 20 to 22): the only decision level, the code words, what they mean and how they change the step.
const q2 = 564

var (
	highNegative = [2]byte{1, 0}
	highPositive = [2]byte{3, 2}
	qm2          = [4]int{-7408, -1616, 7408, 1616}
	highStep     = [4]int{798, -214, 798, -214}
)

// ilb is 2^(i/32), times 2^11 (table 9).
var ilb = [32]int{
	2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
	2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
}
