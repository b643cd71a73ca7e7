package io.tideline.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.tideline.client.DeviceStoreException.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The SQLite file of a device: opened for this process alone, every commit synced to disk before it returns. For one
 * thread at a time.
 *
 * <p>Protobuf values are stored sealed: 4 bytes CRC-32 of the rest, big-endian, then the value. SQLite checks its pages'
 * structure (at the opening, in whole) but not what they hold.
 */
final class DeviceDatabase implements AutoCloseable {
    private static final int FORMAT = 2;
    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
            "CREATE TABLE conversation (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, personal_seq INTEGER NOT NULL,"
                    + " read_seq INTEGER NOT NULL DEFAULT 0, mark_pending INTEGER NOT NULL DEFAULT 0,"
                    + " base_unread INTEGER NOT NULL DEFAULT 0, base_seq INTEGER NOT NULL DEFAULT 0,"
                    + " told_unread INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID",
            "CREATE TABLE message (arrival INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL,"
                    + " seq INTEGER NOT NULL, personal_seq INTEGER NOT NULL, sealed BLOB NOT NULL,"
                    + " shown INTEGER NOT NULL, is_change INTEGER NOT NULL, counts INTEGER NOT NULL,"
                    + " unread INTEGER NOT NULL,"
                    + " UNIQUE (conversation, seq, personal_seq))",
            "CREATE INDEX not_shown ON message (arrival) WHERE shown = 0",
            "CREATE INDEX unread ON message (conversation) WHERE unread = 1",
            "CREATE TABLE outgoing (position INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL,"
                    + " client_message_id TEXT NOT NULL, sealed BLOB NOT NULL, UNIQUE (conversation, client_message_id))",
            "CREATE INDEX outgoing_order ON outgoing (conversation, position)");
    /** What format 2 has more than format 1. */
    private static final List<String> SECOND_FORMAT = List.of(
            "ALTER TABLE conversation ADD COLUMN personal_read_seq INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE conversation ADD COLUMN base_personal_unread INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE conversation ADD COLUMN base_personal_seq INTEGER NOT NULL DEFAULT 0");

    private final Path file;
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    /** Reads one row. */
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private DeviceDatabase(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    static DeviceDatabase open(Path file) {
        Connection connection = null;
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
            DeviceDatabase database = new DeviceDatabase(file, connection);
            database.prepare();
            return database;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw failure(file, e);
        } catch (RuntimeException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private static void closeQuietly(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            // The failure that led here says more.
        }
    }

    private void prepare() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 0");
            statement.execute("PRAGMA locking_mode = EXCLUSIVE");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            // Takes the lock now, not with the first write.
            statement.execute("BEGIN EXCLUSIVE");
            statement.execute("COMMIT");
        }
        requireSound();
        long format = number("PRAGMA user_version");
        if (format > FORMAT) {
            throw new DeviceStoreException(Reason.NEWER_FORMAT, file, "format " + format, null);
        }
        connection.setAutoCommit(false);
        if (format < FORMAT) {
            transaction(() -> bringToFormat(format));
        }
    }

    private void requireSound() throws SQLException {
        String found = one("PRAGMA quick_check(1)", row -> row.getString(1));
        if (!"ok".equals(found)) {
            throw new DeviceStoreException(Reason.DAMAGED, file, String.valueOf(found), null);
        }
    }

    private void bringToFormat(long from) {
        if (from == 0) {
            SCHEMA.forEach(this::update);
        }
        SECOND_FORMAT.forEach(this::update);
        update("PRAGMA user_version = " + FORMAT);
    }

    Path file() {
        return file;
    }

    /** All of it, or nothing. */
    void transaction(Runnable work) {
        try {
            work.run();
            connection.commit();
        } catch (SQLException e) {
            rollback();
            throw failure(file, e);
        } catch (RuntimeException e) {
            rollback();
            throw e;
        }
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The failure that led here says more.
        }
    }

    int update(String sql, Object... arguments) {
        try {
            return bound(sql, arguments).executeUpdate();
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    <T> List<T> list(String sql, Row<T> row, Object... arguments) {
        try (ResultSet rows = bound(sql, arguments).executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(row.read(rows));
            }
            return found;
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    <T> @Nullable T one(String sql, Row<T> row, Object... arguments) {
        List<T> found = list(sql, row, arguments);
        return found.isEmpty() ? null : found.get(0);
    }

    /** The number in the one row of a query, 0 when it is null or missing. */
    long number(String sql, Object... arguments) {
        Long found = one(sql, row -> row.getLong(1), arguments);
        return found == null ? 0 : found;
    }

    private PreparedStatement bound(String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }

    static byte[] sealed(MessageLite value) {
        byte[] bytes = value.toByteArray();
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .putInt(sum(bytes, 0))
                .put(bytes)
                .array();
    }

    <T> T opened(byte[] sealed, Parser<T> parser) {
        if (sealed.length < Integer.BYTES || ByteBuffer.wrap(sealed).getInt() != sum(sealed, Integer.BYTES)) {
            throw new DeviceStoreException(Reason.DAMAGED, file, "a value is not what was written", null);
        }
        try {
            return parser.parseFrom(ByteBuffer.wrap(sealed, Integer.BYTES, sealed.length - Integer.BYTES));
        } catch (InvalidProtocolBufferException e) {
            throw new DeviceStoreException(Reason.DAMAGED, file, "a value cannot be read", e);
        }
    }

    private static int sum(byte[] bytes, int from) {
        CRC32 crc = new CRC32();
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }

    private static DeviceStoreException failure(Path file, SQLException thrown) {
        Reason reason = Reason.UNUSABLE;
        if (thrown instanceof SQLiteException sqlite) {
            SQLiteErrorCode code = sqlite.getResultCode();
            // The lowest byte is the primary code, the others say more.
            int primary = code.code & 0xff;
            if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code || primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
                reason = Reason.DAMAGED;
            } else if (primary == SQLiteErrorCode.SQLITE_BUSY.code || primary == SQLiteErrorCode.SQLITE_LOCKED.code) {
                reason = Reason.IN_USE;
            }
        }
        return new DeviceStoreException(reason, file, String.valueOf(thrown.getMessage()), thrown);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }
}
