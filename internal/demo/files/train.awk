# Trains a softmax classifier on iris.csv by gradient descent, and evaluates it on held-out rows.
# POSIX awk; usage: awk -f train.awk params.yaml iris.csv
# Every fifth row is held out: 10 of each species. Writes build/model.txt and build/metrics.json.

FILENAME != seen { seen = FILENAME; file++; line = 0 }
{ line++; sub(/\r$/, "") }
file == 1 && /^[a-z_]+:/ { split($0, kv, /: */); param[kv[1]] = kv[2]; next }
file == 2 && line > 1 {
	split($0, cell, ",")
	rows++
	for (j = 1; j <= 4; j++) x[rows, j] = cell[j]
	if (!(cell[5] in class)) { class[cell[5]] = ++classes; name[classes] = cell[5] }
	y[rows] = class[cell[5]]
	held[rows] = (rows % 5 == 0)
}

# score fills p[1..classes] with the probabilities of row i.
function score(i,   c, j, z, top, sum) {
	top = -1e9
	for (c = 1; c <= classes; c++) {
		z = w[c, 0]
		for (j = 1; j <= features; j++) z += w[c, j] * x[i, use[j]]
		p[c] = z
		if (z > top) top = z
	}
	for (c = 1; c <= classes; c++) { p[c] = exp(p[c] - top); sum += p[c] }
	for (c = 1; c <= classes; c++) p[c] /= sum
}

# train goes through the rows in strides, so that the species, which stand in blocks, take turns.
function train(   e, i, k, c, j, d) {
	for (e = 1; e <= param["epochs"]; e++)
		for (k = 1; k <= rows; k++) {
			i = (k * 53) % rows + 1
			if (held[i]) continue
			score(i)
			for (c = 1; c <= classes; c++) {
				d = param["learning_rate"] * ((c == y[i]) - p[c])
				w[c, 0] += d
				for (j = 1; j <= features; j++) w[c, j] += d * x[i, use[j]]
			}
		}
}

END {
	if (rows == 0 || param["epochs"] + 0 <= 0) { print "train.awk: no data or no params" > "/dev/stderr"; exit 1 }
	features = split(param["features"], use, " ")
	train()
	for (i = 1; i <= rows; i++) {
		if (!held[i]) continue
		score(i)
		best = 1
		for (c = 2; c <= classes; c++) if (p[c] > p[best]) best = c
		n++; of[y[i]]++
		if (best == y[i]) { right++; hit[y[i]]++ }
		loss -= log(p[y[i]])
	}
	printf "" > "build/model.txt"
	for (c = 1; c <= classes; c++) {
		printf "%s", name[c] >> "build/model.txt"
		for (j = 0; j <= features; j++) printf " %.6f", w[c, j] >> "build/model.txt"
		printf "\n" >> "build/model.txt"
	}
	printf "{\"accuracy\": %.6f, \"log_loss\": %.6f, \"test_rows\": %d, \"recall\": {", right / n, loss / n, n > "build/metrics.json"
	for (c = 1; c <= classes; c++)
		printf "%s\"%s\": %.6f", (c > 1 ? ", " : ""), name[c], hit[c] / of[c] > "build/metrics.json"
	print "}}" > "build/metrics.json"
	printf "trained on %d rows, accuracy %.4f and log loss %.4f on %d held-out rows\n", rows - n, right / n, loss / n, n
}
