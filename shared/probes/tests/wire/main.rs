//! Each type of provider against a local server that answers as the provider documents it.

#[cfg(test)]
mod anthropic;
#[cfg(test)]
mod azure_openai;
#[cfg(test)]
mod bedrock;
#[cfg(test)]
mod everywhere;
#[cfg(test)]
mod google;
#[cfg(test)]
mod openai;
#[cfg(test)]
mod support;
