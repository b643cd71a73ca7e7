package io.tideline.core.operation;

/**
 * The name of an operation in an installation, given by whoever starts it: starting it again with the same one finds it.
 *
 * @param value 1 to 64 characters of {@code 0-9 A-Z a-z . _ -}
 */
public record OperationId(String value) {
    private static final int MAX_CHARS = 64;

    public OperationId {
        boolean acceptable =
                !value.isEmpty() && value.length() <= MAX_CHARS && value.chars().allMatch(OperationId::mayStand);
        if (!acceptable) {
            throw new IllegalArgumentException(
                    "operation_id: not well-formed (expected: 1.." + MAX_CHARS + " characters of 0-9 A-Z a-z . _ -)");
        }
    }

    private static boolean mayStand(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '.' || c == '_' || c == '-';
    }

    @Override
    public String toString() {
        return value;
    }
}
