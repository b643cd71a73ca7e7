package io.tideline.hbase.sequencer;

import java.util.Arrays;

/**
 * Row keys: layout in the package's comment. Pure functions on bytes.
 *
 * <p>Every id is preceded by its length, so that no id can reach into another's rows, whatever stands in it. The hash
 * comes first so that timelines spread over regions; it is the bit-reversed murmur3 of the rest, so that each region is a
 * contiguous set of the buckets of Iceberg's bucket transform over the same bytes.
 */
public final class RowKeys {
    public static final int HASH_BYTES = 4;
    public static final int MAX_APP_BYTES = 64;
    public static final int MAX_ID_BYTES = 256;
    public static final int MAX_SENDER_BYTES = 128;
    public static final int MAX_CLIENT_MESSAGE_ID_BYTES = 64;

    public static final byte KIND_HEAD = 0;
    public static final byte KIND_ENTRY = 1;
    public static final byte KIND_DEDUPE = 2;
    public static final byte KIND_ACTIVITY = 3;

    /** The least kind of a record; the codes up to it are for rows that are none. */
    public static final byte KIND_FIRST_RECORD = 16;

    /** The greatest kind there may ever be. */
    public static final byte KIND_LAST = 127;

    private static final int APP_LENGTH_AT = HASH_BYTES;

    /** The codes of conversations and personal timelines, which have tiers. */
    private static final int FAMILY_CONVERSATION = 1;

    private static final int FAMILY_PERSONAL = 3;

    private RowKeys() {}

    /**
     * What all rows of one timeline begin with.
     *
     * @param app 1 to {@value #MAX_APP_BYTES} bytes
     * @param family 1 to 127
     * @param id 1 to {@value #MAX_ID_BYTES} bytes
     */
    public static byte[] prefix(byte[] app, int family, byte[] id) {
        if (app.length < 1 || app.length > MAX_APP_BYTES || id.length < 1 || id.length > MAX_ID_BYTES) {
            throw new IllegalArgumentException("app: " + app.length + " bytes, id: " + id.length
                    + " bytes (expected: 1.." + MAX_APP_BYTES + " and 1.." + MAX_ID_BYTES + ")");
        }
        byte[] prefix = new byte[HASH_BYTES + 1 + app.length + 1 + 2 + id.length];
        prefix[APP_LENGTH_AT] = (byte) app.length;
        System.arraycopy(app, 0, prefix, APP_LENGTH_AT + 1, app.length);
        int familyAt = APP_LENGTH_AT + 1 + app.length;
        prefix[familyAt] = (byte) family;
        prefix[familyAt + 1] = (byte) (id.length >>> 8);
        prefix[familyAt + 2] = (byte) id.length;
        System.arraycopy(id, 0, prefix, familyAt + 3, id.length);
        writeInt(prefix, 0, hash(prefix, prefix.length));
        return prefix;
    }

    private static int hash(byte[] row, int prefixLength) {
        return Integer.reverse(Murmur3.hash32(row, HASH_BYTES, prefixLength - HASH_BYTES));
    }

    public static byte[] headRow(byte[] prefix) {
        return row(prefix, KIND_HEAD, 0);
    }

    /**
     * The row of one entry.
     *
     * @param seq 1 or more
     */
    public static byte[] entryRow(byte[] prefix, long seq) {
        byte[] row = row(prefix, KIND_ENTRY, 8);
        for (int i = 0; i < 8; i++) {
            row[prefix.length + 1 + i] = (byte) (seq >>> (56 - 8 * i));
        }
        return row;
    }

    /**
     * The row of a day on which a timeline has got entries.
     *
     * @param day days since 1970-01-01, 0 or more
     */
    public static byte[] activityRow(byte[] prefix, int day) {
        byte[] row = row(prefix, KIND_ACTIVITY, Integer.BYTES);
        writeInt(row, prefix.length + 1, day);
        return row;
    }

    static byte[] dayBytes(int day) {
        byte[] bytes = new byte[Integer.BYTES];
        writeInt(bytes, 0, day);
        return bytes;
    }

    /**
     * The day of an {@link #activityRow} whose prefix is {@code prefixLength} long.
     *
     * @throws MalformedBatchException when it is none
     */
    public static int activityDay(byte[] row, int prefixLength) throws MalformedBatchException {
        int day = row.length == prefixLength + 1 + Integer.BYTES && row[prefixLength] == KIND_ACTIVITY
                ? readInt(row, prefixLength + 1)
                : -1;
        if (day < 0) {
            throw new MalformedBatchException("row: no day of activity");
        }
        return day;
    }

    public static byte[] dedupeRow(byte[] prefix, byte[] sender, byte[] clientMessageId) {
        return dedupeRow(prefix, sender, 0, sender.length, clientMessageId, 0, clientMessageId.length);
    }

    static byte[] dedupeRow(
            byte[] prefix, byte[] sender, int senderAt, int senderBytes, byte[] id, int idAt, int idBytes) {
        byte[] row = row(prefix, KIND_DEDUPE, 1 + senderBytes + idBytes);
        int at = prefix.length + 1;
        row[at] = (byte) senderBytes;
        System.arraycopy(sender, senderAt, row, at + 1, senderBytes);
        System.arraycopy(id, idAt, row, at + 1 + senderBytes, idBytes);
        return row;
    }

    /**
     * The row of a record.
     *
     * @param suffix kind and key, as {@link RecordKeyWriter} writes them; of a shorter key, the beginning of all rows
     *     whose keys begin with it
     */
    public static byte[] recordRow(byte[] prefix, byte[] suffix) {
        byte[] row = Arrays.copyOf(prefix, prefix.length + suffix.length);
        System.arraycopy(suffix, 0, row, prefix.length, suffix.length);
        return row;
    }

    /**
     * The first row after all rows that begin with {@code beginning}: the exclusive stop of a scan over them.
     *
     * @throws IllegalArgumentException when {@code beginning} consists of bytes 0xff alone, as no row of ours does
     */
    public static byte[] afterAll(byte[] beginning) {
        int last = beginning.length - 1;
        while (last >= 0 && beginning[last] == (byte) 0xff) {
            last--;
        }
        if (last < 0) {
            throw new IllegalArgumentException("beginning: nothing but 0xff (expected: a row of a timeline)");
        }
        byte[] after = Arrays.copyOf(beginning, last + 1);
        after[last]++;
        return after;
    }

    private static byte[] row(byte[] prefix, byte kind, int more) {
        byte[] row = Arrays.copyOf(prefix, prefix.length + 1 + more);
        row[prefix.length] = kind;
        return row;
    }

    /** The first row after all rows of a kind: the exclusive stop of a scan over them. */
    public static byte[] afterKind(byte[] prefix, byte kind) {
        return row(prefix, (byte) (kind + 1), 0);
    }

    /**
     * How long the prefix at the start of {@code row} is; checks lengths, family and hash.
     *
     * @throws MalformedBatchException when the bytes are no row of a timeline
     */
    public static int prefixLength(byte[] row) throws MalformedBatchException {
        ByteReader reader = new ByteReader(row);
        reader.skip(HASH_BYTES);
        int app = reader.read();
        if (app < 1 || app > MAX_APP_BYTES) {
            throw new MalformedBatchException("row: app of " + app + " bytes");
        }
        reader.skip(app);
        int family = reader.read();
        int id = (reader.read() & 0xff) << 8 | reader.read() & 0xff;
        if (family < 1 || id < 1 || id > MAX_ID_BYTES) {
            throw new MalformedBatchException("row: family " + family + ", id of " + id + " bytes");
        }
        reader.skip(id);
        int length = reader.position();
        if (hash(row, length) != readInt(row, 0)) {
            throw new MalformedBatchException("row: its hash is not that of its name");
        }
        return length;
    }

    /**
     * What the rows of the timeline of {@code row} begin with.
     *
     * @throws MalformedBatchException when the bytes are no row of a timeline
     */
    public static byte[] prefixOf(byte[] row) throws MalformedBatchException {
        return Arrays.copyOf(row, prefixLength(row));
    }

    /** The app's bytes of a well-formed prefix. */
    public static byte[] app(byte[] prefix) {
        return Arrays.copyOfRange(prefix, APP_LENGTH_AT + 1, APP_LENGTH_AT + 1 + prefix[APP_LENGTH_AT]);
    }

    /** The family's code of a well-formed prefix. */
    public static int family(byte[] prefix) {
        return prefix[APP_LENGTH_AT + 1 + prefix[APP_LENGTH_AT]];
    }

    /** Whether entries of a well-formed prefix's timeline are moved from tier to tier, by the days they came on. */
    public static boolean hasTiers(byte[] prefix) {
        return family(prefix) == FAMILY_CONVERSATION || family(prefix) == FAMILY_PERSONAL;
    }

    /** The id's bytes of a well-formed row or prefix whose prefix is {@code prefixLength} long. */
    public static byte[] id(byte[] row, int prefixLength) {
        return Arrays.copyOfRange(row, APP_LENGTH_AT + 1 + row[APP_LENGTH_AT] + 3, prefixLength);
    }

    /** The seq of an entry row whose prefix is {@code prefixLength} long. */
    public static long seq(byte[] row, int rowAt, int prefixLength) {
        long seq = 0;
        for (int i = 0; i < 8; i++) {
            seq = seq << 8 | row[rowAt + prefixLength + 1 + i] & 0xff;
        }
        return seq;
    }

    private static void writeInt(byte[] target, int at, int value) {
        for (int i = 0; i < 4; i++) {
            target[at + i] = (byte) (value >>> (24 - 8 * i));
        }
    }

    private static int readInt(byte[] source, int at) {
        return source[at] << 24 | (source[at + 1] & 0xff) << 16 | (source[at + 2] & 0xff) << 8 | source[at + 3] & 0xff;
    }
}
