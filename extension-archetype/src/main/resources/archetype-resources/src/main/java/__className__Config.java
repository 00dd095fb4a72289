package ${package};

import java.util.Map;

/**
 * conf/extensions/${artifactId}.yaml. The keys are the names of the components, with dashes.
 *
 * @param users their passwords by their names; none if left out
 * @param topicRoot where the branches of all users begin; "users" if left out
 */
public record ${className}Config(Map<String, String> users, String topicRoot) {

    /** What a component is if the file leaves it out, and what it has to be: the message goes to the log. */
    public ${className}Config {
        users = users == null ? Map.of() : Map.copyOf(users);
        topicRoot = topicRoot == null ? "users" : topicRoot;
        if (topicRoot.contains("+") || topicRoot.contains("#")) {
            throw new IllegalArgumentException("topic-root: " + topicRoot + " (expected: no wildcard)");
        }
    }
}
