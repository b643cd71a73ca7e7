package io.tideline.hbase.sequencer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Names of timelines, made to get into each other's way. */
final class Timelines {
    static final class Name {
        private final byte[] app;
        private final int family;
        private final byte[] id;

        Name(byte[] app, int family, byte[] id) {
            this.app = app;
            this.family = family;
            this.id = id;
        }

        byte[] app() {
            return app;
        }

        int family() {
            return family;
        }

        byte[] id() {
            return id;
        }

        byte[] prefix() {
            return RowKeys.prefix(app, family, id);
        }
    }

    private static final byte[] NASTY = {0, 1, 2, 3, 'a', 0x7f, (byte) 0x80, (byte) 0xff};

    private Timelines() {}

    static Name random(Random random) {
        return new Name(
                nasty(random, 1 + random.nextInt(random.nextInt(8) == 0 ? RowKeys.MAX_APP_BYTES : 3)),
                1 + random.nextInt(127),
                nasty(random, 1 + random.nextInt(random.nextInt(8) == 0 ? RowKeys.MAX_ID_BYTES : 4)));
    }

    static byte[] nasty(Random random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = NASTY[random.nextInt(NASTY.length)];
        }
        return bytes;
    }

    /** Ids that are each other's beginnings, or look like what follows an id in a row: kinds, seqs, lengths. */
    static List<Name> adversarial(Random random) {
        List<Name> names = new ArrayList<>();
        byte[] id = nasty(random, 12);
        for (int length = 1; length <= id.length; length++) {
            names.add(new Name(new byte[] {'a'}, 1, Arrays.copyOf(id, length)));
        }
        Name base = new Name(new byte[] {'a'}, 1, new byte[] {'t'});
        names.add(base);
        for (byte[] row : rows(base.prefix())) {
            names.add(new Name(base.app(), 1, Arrays.copyOfRange(row, base.prefix().length - 1, row.length)));
        }
        names.add(new Name(new byte[] {'a', 1, 0, 1}, 1, new byte[] {'t'}));
        names.add(new Name(new byte[] {'a'}, 1, new byte[] {1, 0, 1, 't'}));
        for (int i = 0; i < 20; i++) {
            names.add(random(random));
        }
        return names;
    }

    /** Rows of every kind, lowest and highest ones among them. */
    static List<byte[]> rows(byte[] prefix) {
        byte[] low = {0};
        byte[] high = new byte[RowKeys.MAX_CLIENT_MESSAGE_ID_BYTES];
        Arrays.fill(high, (byte) 0xff);
        byte[] sender = new byte[RowKeys.MAX_SENDER_BYTES];
        Arrays.fill(sender, (byte) 0xff);
        return List.of(
                RowKeys.headRow(prefix),
                RowKeys.entryRow(prefix, 1),
                RowKeys.entryRow(prefix, 0x0102030405060708L),
                RowKeys.entryRow(prefix, Long.MAX_VALUE),
                RowKeys.dedupeRow(prefix, low, low),
                RowKeys.dedupeRow(prefix, sender, high),
                RowKeys.activityRow(prefix, Integer.MAX_VALUE));
    }
}
