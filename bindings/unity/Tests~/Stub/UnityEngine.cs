// The few types of Unity that the components use, so that they can be compiled and driven without an editor.
using System;

namespace UnityEngine
{
    public class Object
    {
        public static void DontDestroyOnLoad(Object target) { }
    }

    public class GameObject : Object
    {
    }

    public class MonoBehaviour : Object
    {
        public GameObject gameObject = new GameObject();

        public T GetComponent<T>() where T : new()
        {
            return new T();
        }
    }

    [System.AttributeUsage(System.AttributeTargets.Class)]
    public sealed class RequireComponent : System.Attribute
    {
        public RequireComponent(System.Type required)
        {
        }
    }

    public static class Application
    {
        public static bool isPlaying = true;
        public static string persistentDataPath = "";
        public static string streamingAssetsPath = "";
        public static string productName = "Stub";
        public static string version = "1";
    }

    public static class Time
    {
        public static float unscaledDeltaTime = 0.016f;
    }

    public static class Debug
    {
        public static void Log(object message)
        {
        }

        public static void LogWarning(object message, Object context) { Console.WriteLine("warning " + message); }

        public static void LogException(Exception error, Object context) { Console.WriteLine("exception " + error); }
    }

    public enum RuntimeInitializeLoadType
    {
        SubsystemRegistration,
    }

    public sealed class RuntimeInitializeOnLoadMethodAttribute : Attribute
    {
        public RuntimeInitializeOnLoadMethodAttribute(RuntimeInitializeLoadType type) { }
    }

    public sealed class TooltipAttribute : Attribute
    {
        public TooltipAttribute(string text) { }
    }

    public sealed class AddComponentMenu : Attribute
    {
        public AddComponentMenu(string path) { }
    }

    public sealed class DisallowMultipleComponent : Attribute
    {
    }

    public sealed class DefaultExecutionOrder : Attribute
    {
        public DefaultExecutionOrder(int order) { }
    }
}

namespace UnityEngine.Events
{
    public class UnityEvent
    {
        Action calls;

        public void AddListener(Action call) { calls += call; }

        public void Invoke() { if (calls != null) calls(); }
    }

    public class UnityEvent<T>
    {
        Action<T> calls;

        public void AddListener(Action<T> call) { calls += call; }

        public void Invoke(T value) { if (calls != null) calls(value); }
    }

    public class UnityEvent<T, U>
    {
        Action<T, U> calls;

        public void AddListener(Action<T, U> call) { calls += call; }

        public void Invoke(T value, U other) { if (calls != null) calls(value, other); }
    }
}
